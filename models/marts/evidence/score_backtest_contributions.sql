-- One row per row of score_backtest and rule that fired for the lead by that day.
with

scorings as (

    select * from {{ ref('int_scorings') }}

    where is_backtest

),

score_backtest as (

    select * from {{ ref('score_backtest') }}

),

behaviour_contributions as (

    select * from {{ ref('int_behaviour_contributions') }}

),

attribute_contributions as (

    select * from {{ ref('int_attribute_contributions') }}

),

final as (

    select
        score_backtest.backtest_day,
        score_backtest.lead_id,
        score_backtest.scoring_model,
        behaviour_contributions.contribution_type,
        behaviour_contributions.rule_id,
        behaviour_contributions.points,
        behaviour_contributions.points_before_decay,
        behaviour_contributions.activity_count

    from score_backtest

    inner join scorings
        on score_backtest.backtest_day = scorings.scoring_date

    inner join behaviour_contributions
        on scorings.scoring_id = behaviour_contributions.scoring_id
        and score_backtest.lead_id = behaviour_contributions.lead_id
        and score_backtest.scoring_model = behaviour_contributions.scoring_model

    union all

    select
        score_backtest.backtest_day,
        score_backtest.lead_id,
        score_backtest.scoring_model,
        attribute_contributions.contribution_type,
        attribute_contributions.rule_id,
        attribute_contributions.points,
        attribute_contributions.points as points_before_decay,
        cast(null as integer) as activity_count

    from score_backtest

    inner join attribute_contributions
        on score_backtest.lead_id = attribute_contributions.lead_id
        and score_backtest.scoring_model = attribute_contributions.scoring_model

)

select * from final
