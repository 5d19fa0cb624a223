-- One row per decay curve, scoring and day with activities inside the curve's window: the share of its points that such a day keeps.
-- depends_on: {{ ref('int_rule_faults') }}
with

scorings as (

    select * from {{ ref('int_scorings') }}

),

activity_counts as (

    select * from {{ ref('int_activity_counts') }}

),

decay_curves as (

    select
        {{ trim_text('decay_curve') }} as decay_curve,
        {{ trim_text('kind') }} as kind,
        cast({{ read_number(trim_text('half_life_days')) }} as double precision) as half_life_days,
        cast({{ read_number(trim_text('window_days')) }} as integer) as window_days

    from {{ ref('decay_curves') }}

    {{ evaluate_once() }}

),

decay_steps as (

    select
        {{ trim_text('decay_curve') }} as decay_curve,
        cast({{ read_number(trim_text('from_age_days')) }} as integer) as from_age_days,
        cast({{ read_number(trim_text('multiplier')) }} as numeric(18, 8)) as multiplier

    from {{ ref('decay_steps') }}

    {{ evaluate_once() }}

),

activity_days as (

    select distinct occurred_on

    from activity_counts

    where
        rejection_code is null
        and not is_bot

),

-- the future has no age, and what is older than the window no points
ages as (

    select
        decay_curves.decay_curve,
        decay_curves.kind,
        decay_curves.half_life_days,
        decay_curves.window_days,
        scorings.scoring_id,
        scorings.known_on,
        activity_days.occurred_on,
        {{ age_in_days('activity_days.occurred_on', 'scorings.scoring_date') }} as age_days

    from activity_days

    inner join scorings
        on activity_days.occurred_on <= scorings.scoring_date

    inner join decay_curves
        on (
            decay_curves.window_days is null
            or {{ age_in_days('activity_days.occurred_on', 'scorings.scoring_date') }}
            <= decay_curves.window_days
        )

),

-- of the steps that an age has reached the last one holds
reached_steps as (

    select
        ages.decay_curve,
        ages.scoring_id,
        ages.occurred_on,
        decay_steps.multiplier,
        row_number() over (
            partition by ages.decay_curve, ages.scoring_id, ages.occurred_on
            order by decay_steps.from_age_days desc
        ) as step_rank

    from ages

    inner join decay_steps
        on ages.decay_curve = decay_steps.decay_curve
        and ages.age_days >= decay_steps.from_age_days

    where ages.kind = 'steps'

),

final as (

    select
        ages.decay_curve,
        ages.scoring_id,
        ages.known_on,
        ages.occurred_on,
        ages.age_days,
        case
            when ages.kind = 'none' then {{ multiplier_units('1') }}
            when ages.kind = 'half_life'
                then {{ multiplier_units(half_life_multiplier('ages.age_days', 'ages.half_life_days')) }}
            when ages.kind = 'linear'
                then {{ linear_multiplier_units('ages.age_days', 'ages.window_days') }}
            when ages.kind = 'steps' then {{ multiplier_units('coalesce(reached_steps.multiplier, 1)') }}
        end as multiplier_units

    from ages

    left join reached_steps
        on ages.decay_curve = reached_steps.decay_curve
        and ages.scoring_id = reached_steps.scoring_id
        and ages.occurred_on = reached_steps.occurred_on
        and reached_steps.step_rank = 1

)

select * from final
