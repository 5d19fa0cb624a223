-- One row per scoring date and lead_id with human activities that are not older than the longest window of any decay curve.
-- depends_on: {{ ref('int_rule_faults') }}
with

scoring_dates as (

    select * from {{ ref('int_scoring_dates') }}

),

activities as (

    select * from {{ ref('int_scorable_activities') }}

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

counted as (

    select
        scoring_dates.scoring_date,
        activities.lead_id,
        cast(count(*) as integer) as activity_count,
        max(activities.occurred_at) as last_activity_at

    from activities

    -- an activity after the scoring date counts later
    inner join scoring_dates
        on activities.occurred_on <= scoring_dates.scoring_date

    inner join longest_window
        on (
            longest_window.window_days is null
            or {{ age_in_days('activities.occurred_on', 'scoring_dates.scoring_date') }}
            <= longest_window.window_days
        )

    where activities.superseded_on is null

    group by
        scoring_dates.scoring_date,
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
