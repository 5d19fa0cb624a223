-- Returns what a probability model names and the rule files do not: without it every probability is off, so fit the model anew.
{{ config(severity='warn') }}
with

rules_in_force as (

    select
        scoring_model,
        rule_id

    from {{ ref('int_attribute_rules') }}

    where rule_family in ('fit', 'negative')

    union

    select
        scoring_model,
        rule_id

    from {{ ref('int_behaviour_rules') }}

),

named_rules as (

    select
        {{ trim_text('scoring_model') }} as scoring_model,
        {{ trim_text('rule_id') }} as rule_id

    from {{ ref('predictive_coefficients') }}

    where {{ trim_text('feature') }} = 'points'

)

select
    named_rules.scoring_model,
    named_rules.rule_id,
    'predictive_coefficients names a rule that is not in force' as problem

from named_rules

left join rules_in_force
    on named_rules.scoring_model = rules_in_force.scoring_model
    and named_rules.rule_id = rules_in_force.rule_id

where rules_in_force.rule_id is null
