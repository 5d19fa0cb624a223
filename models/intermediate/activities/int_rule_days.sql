-- One row per day of knowledge, lead, behaviour rule and day with matching activities inside the rule's window: how many count.
with

lead_models as (

    select * from {{ ref('int_lead_models') }}

),

activity_matches as (

    select * from {{ ref('int_activity_matches') }}

),

-- scorings that know the same count the same: each activity is counted once for all of them
known_days as (

    select distinct
        known_on,
        decay_curve,
        occurred_on

    from {{ ref('int_decay_multipliers') }}

),

-- most activities are too old for any rule: they are left out before anything else is done with them
activities as (

    select * from {{ ref('int_scorable_activities') }}

    where occurred_on >= (select min(known_days.occurred_on) from known_days)

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

-- what lies outside the window of the rule is left out by the same join, before leads are looked up: of all that match, it is most
matched as (

    select
        activities.lead_id,
        activity_matches.rule_model,
        activity_matches.rule_number,
        activity_matches.daily_limit,
        activity_matches.decay_curve,
        activities.occurred_on,
        activities.occurred_at,
        activities.arrived_on,
        activities.superseded_on

    from activities

    -- an activity that matches no rule earns nothing
    inner join activity_matches
        on activities.activity_type = activity_matches.activity_type
        and coalesce(activities.asset, '') = activity_matches.asset
        and activities.occurred_on >= activity_matches.counts_from
        and activities.occurred_on <= activity_matches.counts_until

    {{ evaluate_once() }}

),

eligible as {{ kept_step() }} (

    select
        audiences.lead_number,
        matched.rule_number,
        matched.daily_limit,
        matched.decay_curve,
        matched.occurred_on,
        matched.occurred_at,
        matched.arrived_on,
        matched.superseded_on

    from matched

    inner join audiences
        on matched.lead_id = audiences.lead_id
        and matched.rule_model = audiences.rule_model

    -- what several scorings know is spread over them last
    {{ evaluate_once() }}

),

final as (

    select
        known_days.known_on,
        eligible.lead_number,
        eligible.rule_number,
        eligible.occurred_on,
        cast(least(count(*), coalesce(max(eligible.daily_limit), count(*))) as integer) as activity_count,
        max(eligible.occurred_at) as latest_activity_at

    from eligible

    inner join known_days
        on eligible.decay_curve = known_days.decay_curve
        and eligible.occurred_on = known_days.occurred_on

    -- of the rows of one activity the one counts that was known to be the right one
    where
        eligible.arrived_on <= known_days.known_on
        and (eligible.superseded_on is null or eligible.superseded_on > known_days.known_on)

    group by
        known_days.known_on,
        eligible.lead_number,
        eligible.rule_number,
        eligible.occurred_on

)

select * from final
