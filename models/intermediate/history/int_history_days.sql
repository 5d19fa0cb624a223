-- One row per day that this run looks at the history on: to be recorded now, or recorded before and kept as it is.
{%- set backfill = asked_days('backfill') %}
with

scoring_dates as (

    select * from {{ ref('int_scoring_dates') }}

),

recorded_days as (

    select * from {{ ref('int_recorded_days') }}

),

newest as (

    select
        scoring_dates.scoring_date,
        max(recorded_days.recorded_on) as recorded_on,
        max(case when recorded_days.recorded_on = scoring_dates.scoring_date then 1 else 0 end) as is_recorded,
        least(
            coalesce(scoring_dates.scoring_date - max(recorded_days.recorded_on) - 1, 0),
            {{ whole_number_var('history_skipped_days', 31, 0) }}
        ) as skipped_count

    from scoring_dates

    left join recorded_days
        on true

    group by scoring_dates.scoring_date

),

numbers as (

    {{ whole_numbers('select ' ~ (backfill.count if backfill.count else 'skipped_count from newest')) }}

),

days_to_record as (
    {%- if backfill.count %}

    -- a backfill records the days that it is asked for, as far as they are not, and no others
    select backfilled_days.observed_on

    from (
        select {{ backfill.first }} + (numbers.number - 1) * {{ backfill.every }} as observed_on

        from numbers
    ) as backfilled_days

    inner join newest
        on backfilled_days.observed_on <= newest.scoring_date

    left join recorded_days
        on backfilled_days.observed_on = recorded_days.recorded_on

    where recorded_days.recorded_on is null
    {%- else %}

    -- the newest day may be recorded again, since its own activities go on arriving; an earlier one stays as it was
    select scoring_date as observed_on

    from newest

    where
        is_recorded = 0
        or scoring_date = recorded_on

    union

    -- a day on which nothing ran is made up for by the next run
    select newest.scoring_date - numbers.number as observed_on

    from newest

    cross join numbers
    {%- endif %}

),

edges as (

    select
        min(observed_on) as first_on,
        max(observed_on) as last_on

    from days_to_record

),

-- the days around and between those to record tell where a value began and how long it held
kept_days as (

    select recorded_days.recorded_on as observed_on

    from recorded_days

    cross join edges

    left join days_to_record
        on recorded_days.recorded_on = days_to_record.observed_on

    where
        days_to_record.observed_on is null
        and recorded_days.recorded_on >= (
            select coalesce(max(earlier.recorded_on), edges.first_on)
            from recorded_days as earlier
            where earlier.recorded_on < edges.first_on
        )
        and recorded_days.recorded_on <= (
            select coalesce(min(later.recorded_on), edges.last_on)
            from recorded_days as later
            where later.recorded_on > edges.last_on
        )

),

observed_days as (

    select
        observed_on,
        true as is_to_record

    from days_to_record

    union all

    select
        observed_on,
        false as is_to_record

    from kept_days

),

final as (

    select
        observed_on,
        is_to_record,
        is_to_record or coalesce(lag(is_to_record) over (order by observed_on asc), false) as is_to_explain,
        cast(row_number() over (order by observed_on asc) as integer) as day_number,
        lead(observed_on) over (order by observed_on asc) as next_observed_on

    from observed_days

)

select * from final
