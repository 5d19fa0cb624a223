-- One row per scoring date and lead_id with human activities that are not older than the longest window of any decay curve.
-- depends_on: {{ ref('int_rule_faults') }}
{#- Few models wait for it: int_rule_days, for which most do, is to begin no later than it. -#}
-- depends_on: {{ ref('int_decay_multipliers') }}
with

scoring_dates as (

    select * from {{ ref('int_scoring_dates') }}

),

forgotten_leads as (

    select distinct lead_id

    from {{ ref('int_forgotten_leads') }}

    where lead_id is not null

),

-- one curve without a window is enough for activities of any age
longest_window as (

    select
        case
            when count(*) = count({{ trim_text('window_days') }})
                then max(cast({{ read_number(trim_text('window_days')) }} as integer))
        end as window_days

    from {{ ref('decay_curves') }}

),

-- looked for only where no window says how far back to go
oldest_activity as (

    select min(occurred_on) as occurred_on

    from {{ ref('int_activity_counts') }}

    where (select longest_window.window_days from longest_window) is null

),

newest_scoring as (

    select max(scoring_date) as scoring_date

    from scoring_dates

),

ages as (

    {{ whole_numbers(
        'select coalesce(longest_window.window_days, '
        ~ age_in_days('oldest_activity.occurred_on', 'newest_scoring.scoring_date')
        ~ ') + 1 from longest_window cross join newest_scoring cross join oldest_activity'
    ) | indent(4) }}

),

-- the days one by one: where activities lie in the order of their days, those of all others need not even be read
days_in_window as (

    select
        scoring_dates.scoring_date,
        scoring_dates.scoring_date - (ages.number - 1) as occurred_on

    from scoring_dates

    cross join ages

),

-- what is older is left out before anything else is done with it
activities as (

    select * from {{ ref('int_scorable_activities') }}

    where
        superseded_on is null
        and occurred_on >= (select min(days_in_window.occurred_on) from days_in_window)

),

counted as (

    select
        days_in_window.scoring_date,
        activities.lead_id,
        cast(count(*) as integer) as activity_count,
        max(activities.occurred_at) as last_activity_at

    from activities

    -- an activity after the scoring date counts later
    inner join days_in_window
        on activities.occurred_on = days_in_window.occurred_on

    group by
        days_in_window.scoring_date,
        activities.lead_id

),

-- of a forgotten lead not even a count is kept
final as (

    select
        counted.scoring_date,
        counted.lead_id,
        counted.activity_count,
        counted.last_activity_at

    from counted

    left join forgotten_leads
        on counted.lead_id = forgotten_leads.lead_id

    where forgotten_leads.lead_id is null

)

select * from final
