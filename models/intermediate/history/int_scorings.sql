-- One row per scoring that this run makes: of a day, with what was known by a day, for what is published, recorded, foreseen or tested.
-- depends_on: {{ ref('int_recorded_days') }}
{%- set backtest = asked_days('backtest') %}
{%- set arrival_days = whole_number_var('history_arrival_days', 0, 0) %}
with

scoring_dates as (

    select * from {{ ref('int_scoring_dates') }}

),

history_days as (

    select * from {{ ref('int_history_days') }}

),

activity_counts as (

    select * from {{ ref('int_activity_counts') }}

    where rejection_code is null

),

-- late rows matter when they count on the scoring date or, being better ones, take away what counts
arrivals as (

    select
        max(activity_counts.last_arrived_on) as last_arrived_on,
        max(
            case
                when activity_counts.occurred_on <= scoring_dates.scoring_date then activity_counts.last_arrived_on
            end
        ) as last_counting_on

    from activity_counts

    cross join scoring_dates

),

-- a better row that is dated later takes its activity away from the day on which it counted
repeated_activities as (

    select
        activity_id,
        min(occurred_on) as first_occurred_on,
        max(arrived_on) as last_arrived_on

    from {{ ref('int_repeated_activities') }}

    group by activity_id

),

repeated_arrivals as (

    select max(repeated_activities.last_arrived_on) as last_arrived_on

    from repeated_activities

    inner join scoring_dates
        on repeated_activities.first_occurred_on <= scoring_dates.scoring_date

),

published as (

    select
        scoring_dates.scoring_date,
        greatest(
            scoring_dates.scoring_date + {{ arrival_days }},
            arrivals.last_arrived_on
        ) as known_on,
        greatest(arrivals.last_counting_on, repeated_arrivals.last_arrived_on) as last_mattering_on

    from scoring_dates

    cross join arrivals

    cross join repeated_arrivals

),

days_to_record as (

    select
        history_days.observed_on as scoring_date,
        history_days.observed_on + {{ arrival_days }} as known_on

    from history_days

    where history_days.is_to_record

),

-- to tell what moved the scores by a day takes the day and the one before it
compared_days as (

    select observed_on

    from history_days

    where is_to_explain

    union

    select first_days.observed_on

    from history_days as first_days

    inner join history_days as next_days
        on first_days.next_observed_on = next_days.observed_on
        and next_days.is_to_explain

    union

    select day_before.observed_on

    from ({{ compared_day() }}) as day_before

    where day_before.observed_on is not null

),

coming_days as (

    {{ whole_numbers('select ' ~ whole_number_var('outlook_horizon_days', 90)) }}

),

outlook_days as (

    select
        number,
        true as is_for_flagged

    from coming_days

    union all

    select
        7 as number,
        false as is_for_flagged

    union all

    select
        30 as number,
        false as is_for_flagged

),

backtest_numbers as (

    {{ whole_numbers('select ' ~ backtest.count) }}

),

backtest_days as (

    select {{ backtest.first }} + (number - 1) * {{ backtest.every }} as scoring_date

    from backtest_numbers

),

-- what was published is what goes down in history, unless a row has come that was not yet known then
scorings as (

    select
        published.scoring_date,
        published.known_on,
        true as is_published,
        days_to_record.scoring_date is not null as is_recorded,
        false as is_compared,
        false as is_backtest,
        cast(null as integer) as outlook_days,
        false as is_for_flagged

    from published

    left join days_to_record
        on published.scoring_date = days_to_record.scoring_date
        and coalesce(published.last_mattering_on <= days_to_record.known_on, true)

    union all

    select
        days_to_record.scoring_date,
        days_to_record.known_on,
        false as is_published,
        true as is_recorded,
        false as is_compared,
        false as is_backtest,
        cast(null as integer) as outlook_days,
        false as is_for_flagged

    from days_to_record

    left join published
        on days_to_record.scoring_date = published.scoring_date
        and coalesce(published.last_mattering_on <= days_to_record.known_on, true)

    where published.scoring_date is null

    union all

    -- a day that was recorded before is scored again, to tell what rose and fell since
    select
        compared_days.observed_on as scoring_date,
        compared_days.observed_on + {{ arrival_days }} as known_on,
        false as is_published,
        false as is_recorded,
        true as is_compared,
        false as is_backtest,
        cast(null as integer) as outlook_days,
        false as is_for_flagged

    from compared_days

    left join days_to_record
        on compared_days.observed_on = days_to_record.scoring_date

    where days_to_record.scoring_date is null

    union all

    -- a day ahead is scored for all leads, or only to see whether a threshold that holds would hold then
    select
        published.scoring_date + outlook_days.number as scoring_date,
        published.known_on,
        false as is_published,
        false as is_recorded,
        false as is_compared,
        false as is_backtest,
        outlook_days.number as outlook_days,
        outlook_days.is_for_flagged

    from published

    cross join outlook_days

    union all

    -- a past day whose outcomes are known by now
    select
        backtest_days.scoring_date,
        backtest_days.scoring_date + {{ arrival_days }} as known_on,
        false as is_published,
        false as is_recorded,
        false as is_compared,
        true as is_backtest,
        cast(null as integer) as outlook_days,
        false as is_for_flagged

    from backtest_days

    inner join scoring_dates
        on backtest_days.scoring_date + {{ whole_number_var('outcome_days', 90) }} <= scoring_dates.scoring_date

),

final as (

    select
        cast(
            row_number() over (
                order by scoring_date asc, known_on asc, is_for_flagged asc, is_backtest asc
            ) as integer
        ) as scoring_id,
        scoring_date,
        known_on,
        is_published,
        is_recorded,
        is_compared,
        is_backtest,
        outlook_days,
        is_for_flagged

    from scorings

)

select * from final
