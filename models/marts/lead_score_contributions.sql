-- One row per scoring date, lead, scoring model and rule that fired or adjustment that moved the score; they sum to the score.
with

rule_contributions as (

    select * from {{ ref('int_rule_contributions') }}

),

adjustments as (

    select * from {{ ref('int_adjustments') }}

),

final as (

    select
        lead_id,
        scoring_model,
        scoring_date,
        contribution_type,
        rule_id,
        points,
        points_before_decay,
        activity_count,
        latest_activity_at,
        reason

    from rule_contributions

    union all

    select
        lead_id,
        scoring_model,
        scoring_date,
        'adjustment' as contribution_type,
        rule_id,
        points,
        cast(null as numeric(18, 4)) as points_before_decay,
        cast(null as integer) as activity_count,
        cast(null as timestamp) as latest_activity_at,
        reason

    from adjustments

)

select * from final
