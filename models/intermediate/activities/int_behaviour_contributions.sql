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

    select
        decay_multipliers.*,
        scorings.scoring_date

    from {{ ref('int_decay_multipliers') }} as decay_multipliers

    inner join scorings
        on decay_multipliers.scoring_id = scorings.scoring_id
        and not scorings.is_for_flagged

),

-- rules are told apart by number while activities are counted, and leads as well: two keys instead of five
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

-- a rule for one model has nothing to give to leads outside its audience: they are left out before anything is counted
audiences as (

    select
        lead_number,
        lead_id,
        scoring_model as rule_model

    from lead_models

    union all

    select distinct
        lead_number,
        lead_id,
        '*' as rule_model

    from lead_models

),

eligible_days as (

    select distinct
        decay_curve,
        occurred_on

    from decay_multipliers

),

matched as (

    select
        activities.lead_id,
        numbered_matches.rule_model,
        numbered_matches.rule_number,
        numbered_matches.decay_curve,
        case when numbered_matches.daily_limit is not null then activities.occurred_on end as limited_on,
        activities.occurred_on,
        activities.occurred_at,
        activities.arrived_on,
        activities.superseded_on

    from activities

    -- an activity that matches no rule earns nothing
    inner join numbered_matches
        on activities.activity_type = numbered_matches.activity_type
        and coalesce(activities.asset, '') = numbered_matches.asset

    -- every rule with every day of its window are far more rows than there are activities
    {{ evaluate_once() }}

),

-- most activities are too old for the rule that they match: they are left out before their leads are looked up
eligible as {{ kept_step() }} (

    select matched.*

    from matched

    inner join eligible_days
        on matched.decay_curve = eligible_days.decay_curve
        and matched.occurred_on = eligible_days.occurred_on

),

-- a rule with a daily limit is gathered by day, all others at once: daily grain for all would cost five times as much
gathered as (

    select
        decay_multipliers.scoring_id,
        audiences.lead_number,
        eligible.rule_number,
        eligible.limited_on,
        count(*) as eligible_count,
        sum(decay_multipliers.multiplier_units) as multiplier_units,
        min(decay_multipliers.multiplier_units) as least_multiplier_units,
        min(eligible.occurred_on) as first_activity_on,
        max(eligible.occurred_at) as latest_activity_at

    from eligible

    inner join audiences
        on eligible.lead_id = audiences.lead_id
        and eligible.rule_model = audiences.rule_model

    -- what lies outside the rule's window in one scoring may lie inside in another
    inner join decay_multipliers
        on eligible.decay_curve = decay_multipliers.decay_curve
        and eligible.occurred_on = decay_multipliers.occurred_on

    -- of the rows of one activity the one counts that was known to be the right one
    where
        eligible.arrived_on <= decay_multipliers.known_on
        and (eligible.superseded_on is null or eligible.superseded_on > decay_multipliers.known_on)

    group by
        decay_multipliers.scoring_id,
        audiences.lead_number,
        eligible.rule_number,
        eligible.limited_on

),

-- all activities of one day have the same multiplier, so that it does not matter which of them count
limited as (

    select
        gathered.scoring_id,
        gathered.lead_number,
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
        lead_number,
        rule_number,
        sum(counted) as counted,
        sum(multiplier_units) as multiplier_units,
        min(first_activity_on) as first_activity_on,
        max(latest_activity_at) as latest_activity_at

    from limited

    group by
        scoring_id,
        lead_number,
        rule_number

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
        numbered_rules.decay_curve,
        behaviour_rules.scoring_model,
        behaviour_rules.rule_id,
        behaviour_rules.category,
        behaviour_rules.points,
        behaviour_rules.repeat_points,
        behaviour_rules.max_points

    from summed

    inner join numbered_rules
        on summed.rule_number = numbered_rules.rule_number

    inner join behaviour_rules
        on numbered_rules.rule_model = behaviour_rules.rule_model
        and numbered_rules.rule_id = behaviour_rules.rule_id

    -- first the rule, then the lead: every lead with every model would be far more rows
    {{ evaluate_once() }}

),

decayed as (

    select
        by_model.scoring_id,
        lead_models.lead_id,
        by_model.scoring_model,
        by_model.rule_id,
        by_model.category,
        by_model.points >= 0 as is_positive,
        cast(by_model.counted as integer) as activity_count,
        by_model.latest_activity_at,
        by_model.points * cast(by_model.counted as integer)
        + by_model.repeat_points * cast(by_model.counted - 1 as integer) as points_before_decay,
        {{ capped_behaviour_points('by_model', 'by_model.multiplier_units', 'oldest.multiplier_units') }} as points

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
