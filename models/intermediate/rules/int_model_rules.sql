-- One row per scoring model and rule that gives points: by its number, what it is called, and in which order.
{{ config(materialized='view') }}
with

attribute_rules as (

    select * from {{ ref('int_attribute_rules') }}

    where rule_family <> 'audience'

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

rules as (

    select
        model_rule_number,
        scoring_model,
        rule_id,
        case when rule_family = 'fit' then 'fit' else 'penalty' end as contribution_type,
        cast(null as text) as category,
        words,
        is_disqualifying

    from attribute_rules

    union all

    select
        model_rule_number,
        scoring_model,
        rule_id,
        case when points >= 0 then 'behaviour' else 'penalty' end as contribution_type,
        category,
        words,
        false as is_disqualifying

    from behaviour_rules

),

final as (

    select
        *,
        cast(row_number() over (order by {{ byte_order('rule_id') }} asc, model_rule_number asc) as integer)
            as rule_order

    from rules

)

select * from final
