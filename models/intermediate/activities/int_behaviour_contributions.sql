-- One row per scoring, lead, scoring model and behaviour rule with at least one eligible activity.
with

scorings as (

    select * from {{ ref('int_scorings') }}

),

lead_models as (

    select * from {{ ref('int_lead_models') }}

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

behaviour_rules as (

    select
        *,
        {{ rule_point_units() | indent(4) }}

    from {{ ref('int_behaviour_rules') }}

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
        decay_multipliers.scoring_date,
        decay_multipliers.known_on,
        decay_multipliers.occurred_on,
        decay_multipliers.age_days,
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
        rule_multipliers.scoring_date,
        rule_days.lead_number,
        rule_days.rule_number,
        cast(sum(rule_days.activity_count) as integer) as activity_count,
        {{ summed_multiplier_units('rule_days.activity_count', 'rule_multipliers.multiplier_units') }}
            as multiplier_units,
        {{ oldest_multiplier_units('rule_multipliers.age_days', 'rule_multipliers.multiplier_units') }}
            as oldest_multiplier_units,
        max(rule_days.latest_activity_at) as latest_activity_at

    from rule_days

    -- what lies outside the rule's window in one scoring may lie inside in another
    inner join rule_multipliers
        on rule_days.known_on = rule_multipliers.known_on
        and rule_days.rule_number = rule_multipliers.rule_number
        and rule_days.occurred_on = rule_multipliers.occurred_on

    group by
        rule_multipliers.scoring_id,
        rule_multipliers.scoring_date,
        rule_days.lead_number,
        rule_days.rule_number

),

-- a rule for every model has a row in each
by_model as (

    select
        summed.scoring_id,
        summed.scoring_date,
        {{ lead_model_number('summed.lead_number', 'scoring_models') }} as lead_model_number,
        summed.activity_count,
        summed.multiplier_units,
        summed.oldest_multiplier_units,
        summed.latest_activity_at,
        behaviour_rules.model_rule_number,
        behaviour_rules.point_units,
        behaviour_rules.repeat_point_units,
        behaviour_rules.max_point_units

    from summed

    inner join behaviour_rules
        on summed.rule_number = behaviour_rules.rule_number

    inner join scoring_models
        on behaviour_rules.scoring_model = scoring_models.scoring_model

),

final as (

    select
        by_model.scoring_id,
        by_model.lead_model_number,
        by_model.model_rule_number,
        {{ points_of_units(capped_behaviour_point_units(
            'by_model', 'by_model.multiplier_units', 'by_model.oldest_multiplier_units'
        )) }}
            as points,
        cast(
            cast(by_model.point_units * by_model.activity_count - by_model.repeat_point_units as numeric(14, 0))
            * cast(0.01 as numeric(2, 2)) as numeric(18, 4)
        ) as points_before_decay,
        by_model.activity_count,
        by_model.latest_activity_at

    from by_model

    -- a lead that is outside the audience, or is no lead yet, has no score to contribute to
    inner join lead_models
        on by_model.lead_model_number = lead_models.lead_model_number
        and by_model.scoring_date >= lead_models.created_on

)

select * from final
