-- One row per scoring date, lead, scoring model and reason for which the score moved since the day it is compared with.
with

change_terms as (

    select * from {{ ref('int_score_change_terms') }}

    where is_published

),

final as (

    select
        lead_id,
        scoring_model,
        after_on as scoring_date,
        before_on as compared_on,
        change_kind,
        rule_id,
        points,
        reason

    from change_terms

)

select * from final
