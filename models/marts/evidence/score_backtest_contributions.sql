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

lead_models as (

    select * from {{ ref('int_lead_models') }}

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

attribute_rules as (

    select * from {{ ref('int_attribute_rules') }}

),

backtested as (

    select
        scorings.scoring_id,
        lead_models.lead_model_number,
        score_backtest.backtest_day,
        score_backtest.lead_id,
        score_backtest.scoring_model

    from score_backtest

    inner join scorings
        on score_backtest.backtest_day = scorings.scoring_date

    inner join lead_models
        on score_backtest.lead_id = lead_models.lead_id
        and score_backtest.scoring_model = lead_models.scoring_model

),

final as (

    select
        backtested.backtest_day,
        backtested.lead_id,
        backtested.scoring_model,
        case when behaviour_rules.points >= 0 then 'behaviour' else 'penalty' end as contribution_type,
        behaviour_rules.rule_id,
        behaviour_contributions.points,
        behaviour_contributions.points_before_decay,
        behaviour_contributions.activity_count

    from backtested

    inner join behaviour_contributions
        on backtested.scoring_id = behaviour_contributions.scoring_id
        and backtested.lead_model_number = behaviour_contributions.lead_model_number

    inner join behaviour_rules
        on behaviour_contributions.model_rule_number = behaviour_rules.model_rule_number

    union all

    select
        backtested.backtest_day,
        backtested.lead_id,
        backtested.scoring_model,
        case when attribute_rules.rule_family = 'fit' then 'fit' else 'penalty' end as contribution_type,
        attribute_rules.rule_id,
        attribute_contributions.points,
        attribute_contributions.points as points_before_decay,
        cast(null as integer) as activity_count

    from backtested

    inner join attribute_contributions
        on backtested.lead_model_number = attribute_contributions.lead_model_number

    inner join attribute_rules
        on attribute_contributions.model_rule_number = attribute_rules.model_rule_number

)

select * from final
