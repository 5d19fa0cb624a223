-- Returns the contribution or list of reasons that is empty, has an unbalanced bracket or a doubled blank.
with

sentences as (

    select
        lead_id,
        scoring_model,
        rule_id,
        reason as sentence

    from {{ ref('lead_score_contributions') }}

    union all

    select
        lead_id,
        scoring_model,
        'top_reasons' as rule_id,
        top_reasons as sentence

    from {{ ref('lead_scores') }}

)

select
    lead_id,
    scoring_model,
    rule_id,
    sentence,
    'the sentence is empty, has an unbalanced bracket or a doubled blank' as problem

from sentences

where
    (
        length(sentence) > 0
        and length(replace(sentence, '(', '')) = length(replace(sentence, ')', ''))
        and position('  ' in sentence) = 0
    ) is not true
