-- One row per scoring, lead, scoring model and behaviour rule with at least one eligible activity.
with

scorings as (

    select * from {{ ref('int_scorings') }}

),

lead_models as (

    select * from {{ ref('int_lead_models') }}

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

rule_days as (

    select * from {{ ref('int_rule_days') }}

),

-- looking ahead from day to day is for few leads only, and done elsewhere
decay_multipliers as (

    select
        decay_multipliers.*,
        scorings.scoring_date

    from {{ ref('int_decay_multipliers') }} as decay_multipliers

    inner join scorings
        on decay_multipliers.scoring_id = scorings.scoring_id
        and not scorings.is_for_flagged

),

numbered_rules as (

    select distinct
        rule_number,
        decay_curve

    from behaviour_rules

),

rule_multipliers as (

    select
        decay_multipliers.scoring_id,
        decay_multipliers.known_on,
        decay_multipliers.occurred_on,
        decay_multipliers.multiplier_units,
        numbered_rules.rule_number

    from decay_multipliers

    inner join numbered_rules
        on decay_multipliers.decay_curve = numbered_rules.decay_curve

),

-- all activities of one day have the same multiplier, so that it does not matter which of them count
summed as (

    select
        rule_multipliers.scoring_id,
        rule_days.lead_number,
        rule_days.rule_number,
        sum(rule_days.activity_count) as counted,
        sum(rule_days.activity_count * rule_multipliers.multiplier_units) as multiplier_units,
        min(rule_days.occurred_on) as first_activity_on,
        max(rule_days.latest_activity_at) as latest_activity_at

    from rule_days

    -- what lies outside the rule's window in one scoring may lie inside in another
    inner join rule_multipliers
        on rule_days.known_on = rule_multipliers.known_on
        and rule_days.rule_number = rule_multipliers.rule_number
        and rule_days.occurred_on = rule_multipliers.occurred_on

    group by
        rule_multipliers.scoring_id,
        rule_days.lead_number,
        rule_days.rule_number

),

-- a rule for every model has a row in each
by_model as (

    select
        summed.scoring_id,
        summed.lead_number,
        summed.counted,
        summed.multiplier_units,
        summed.first_activity_on,
        summed.latest_activity_at,
        behaviour_rules.decay_curve,
        behaviour_rules.scoring_model,
        behaviour_rules.model_rule_number,
        behaviour_rules.points,
        behaviour_rules.repeat_points,
        behaviour_rules.max_points

    from summed

    inner join behaviour_rules
        on summed.rule_number = behaviour_rules.rule_number

    -- first the rule, then the lead: every lead with every model would be far more rows
    {{ evaluate_once() }}

),

final as (

    select
        by_model.scoring_id,
        lead_models.lead_model_number,
        by_model.model_rule_number,
        {{ capped_behaviour_points('by_model', 'by_model.multiplier_units', 'oldest.multiplier_units') }} as points,
        cast(
            by_model.points * cast(by_model.counted as integer)
            + by_model.repeat_points * cast(by_model.counted - 1 as integer) as numeric(18, 4)
        ) as points_before_decay,
        cast(by_model.counted as integer) as activity_count,
        by_model.latest_activity_at

    from by_model

    inner join decay_multipliers as oldest
        on by_model.scoring_id = oldest.scoring_id
        and by_model.decay_curve = oldest.decay_curve
        and by_model.first_activity_on = oldest.occurred_on

    -- a lead that is outside the audience, or is no lead yet, has no score to contribute to
    inner join lead_models
        on by_model.lead_number = lead_models.lead_number
        and by_model.scoring_model = lead_models.scoring_model
        and oldest.scoring_date >= lead_models.created_on

)

select * from final
