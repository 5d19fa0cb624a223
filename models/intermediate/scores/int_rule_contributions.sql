-- One row per scoring date, lead, scoring model and rule that fired: the spine that every score is summed from.
{#- A view: the rows stand in the two tables already. -#}
{{ config(materialized='view') }}
with

attribute_contributions as (

    select * from {{ ref('int_attribute_contributions') }}

),

behaviour_contributions as (

    select * from {{ ref('int_behaviour_contributions') }}

),

final as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        contribution_type,
        rule_id,
        points,
        points as points_before_decay,
        cast(null as integer) as activity_count,
        cast(null as timestamp) as latest_activity_at,
        reason,
        words,
        cast(null as text) as category,
        is_counting,
        is_disqualifying

    from attribute_contributions

    union all

    select
        scoring_date,
        lead_id,
        scoring_model,
        contribution_type,
        rule_id,
        points,
        points_before_decay,
        activity_count,
        latest_activity_at,
        reason,
        words,
        category,
        true as is_counting,
        false as is_disqualifying

    from behaviour_contributions

)

select * from final
