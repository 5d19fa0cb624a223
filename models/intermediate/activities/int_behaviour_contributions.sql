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

activities as (

    select * from {{ ref('int_scorable_activities') }}

),

activity_matches as (

    select * from {{ ref('int_activity_matches') }}

),

-- looking ahead from day to day is for few leads only, and done elsewhere
decay_multipliers as (

    select * from {{ ref('int_decay_multipliers') }}

    where scoring_id in (select scorings.scoring_id from scorings where not scorings.is_for_flagged)

),

-- rules are told apart by number while activities are counted: one key instead of four
numbered_matches as (

    select
        activity_type,
        asset,
        rule_model,
        rule_id,
        daily_limit,
        decay_curve,
        cast(dense_rank() over (order by rule_model asc, rule_id asc) as integer) as rule_number

    from activity_matches

),

numbered_rules as (

    select distinct
        rule_number,
        rule_model,
        rule_id,
        daily_limit,
        decay_curve

    from numbered_matches

),

-- a rule with a daily limit is gathered by day, all others at once: daily grain for all would cost five times as much
gathered as (

    select
        decay_multipliers.scoring_id,
        activities.lead_id,
        numbered_matches.rule_number,
        case when numbered_matches.daily_limit is not null then activities.occurred_on end as limited_on,
        count(*) as eligible_count,
        sum(decay_multipliers.multiplier_units) as multiplier_units,
        min(decay_multipliers.multiplier_units) as least_multiplier_units,
        min(activities.occurred_on) as first_activity_on,
        max(activities.occurred_at) as latest_activity_at

    from activities

    -- an activity that matches no rule, or lies outside the rule's window, earns nothing
    inner join numbered_matches
        on activities.activity_type = numbered_matches.activity_type
        and coalesce(activities.asset, '') = numbered_matches.asset

    inner join decay_multipliers
        on numbered_matches.decay_curve = decay_multipliers.decay_curve
        and activities.occurred_on = decay_multipliers.occurred_on

    -- of the rows of one activity the one counts that was known to be the right one
    where
        activities.arrived_on <= decay_multipliers.known_on
        and (activities.superseded_on is null or activities.superseded_on > decay_multipliers.known_on)

    group by
        decay_multipliers.scoring_id,
        activities.lead_id,
        numbered_matches.rule_number,
        case when numbered_matches.daily_limit is not null then activities.occurred_on end

),

-- all activities of one day have the same multiplier, so that it does not matter which of them count
limited as (

    select
        gathered.scoring_id,
        gathered.lead_id,
        gathered.rule_number,
        gathered.first_activity_on,
        gathered.latest_activity_at,
        case
            when gathered.eligible_count > numbered_rules.daily_limit then numbered_rules.daily_limit
            else gathered.eligible_count
        end as counted,
        case
            when gathered.eligible_count > numbered_rules.daily_limit
                then numbered_rules.daily_limit * gathered.least_multiplier_units
            else gathered.multiplier_units
        end as multiplier_units

    from gathered

    inner join numbered_rules
        on gathered.rule_number = numbered_rules.rule_number

),

summed as (

    select
        scoring_id,
        lead_id,
        rule_number,
        sum(counted) as counted,
        sum(multiplier_units) as multiplier_units,
        min(first_activity_on) as first_activity_on,
        max(latest_activity_at) as latest_activity_at

    from limited

    group by
        scoring_id,
        lead_id,
        rule_number

),

decayed as (

    select
        summed.scoring_id,
        summed.lead_id,
        behaviour_rules.scoring_model,
        behaviour_rules.rule_id,
        behaviour_rules.category,
        behaviour_rules.points >= 0 as is_positive,
        cast(summed.counted as integer) as activity_count,
        summed.latest_activity_at,
        behaviour_rules.points * cast(summed.counted as integer)
        + behaviour_rules.repeat_points * cast(summed.counted - 1 as integer) as points_before_decay,
        {{ capped_behaviour_points(
            'behaviour_rules', 'summed.multiplier_units', 'oldest.multiplier_units'
        ) }} as points

    from summed

    inner join numbered_rules
        on summed.rule_number = numbered_rules.rule_number

    inner join decay_multipliers as oldest
        on summed.scoring_id = oldest.scoring_id
        and numbered_rules.decay_curve = oldest.decay_curve
        and summed.first_activity_on = oldest.occurred_on

    -- a rule for every model has a row in each
    inner join behaviour_rules
        on numbered_rules.rule_model = behaviour_rules.rule_model
        and numbered_rules.rule_id = behaviour_rules.rule_id

    inner join scorings
        on summed.scoring_id = scorings.scoring_id

    -- a lead that is outside the audience, or is no lead yet, has no score to contribute to
    inner join lead_models
        on summed.lead_id = lead_models.lead_id
        and behaviour_rules.scoring_model = lead_models.scoring_model
        and scorings.scoring_date >= lead_models.created_on

),

final as (

    select
        scoring_id,
        lead_id,
        scoring_model,
        case when is_positive then 'behaviour' else 'penalty' end as contribution_type,
        rule_id,
        category,
        points,
        cast(points_before_decay as numeric(18, 4)) as points_before_decay,
        activity_count,
        latest_activity_at

    from decayed

)

select * from final
