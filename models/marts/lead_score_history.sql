-- One row per lead, scoring model and run of recorded days on which everything published about its score was the same.
-- depends_on: {{ ref('int_recorded_days') }}
-- depends_on: {{ ref('int_forgotten_leads') }}
{#- No full refresh: the rules and attributes of a past day are not among today's raw rows. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='splice_days',
    on_schema_change='append_new_columns',
    full_refresh=false,
    post_hook=['{{ record_history_days() }}', '{{ forget_in_history() }}']
) }}
{%- set recorded_values = [
    'score', 'grade', 'segment', 'is_marketing_qualified', 'is_sales_ready', 'is_disqualified', 'is_primary_model',
    'is_below_marketing_qualified_exit', 'is_below_sales_ready_exit'
] %}
with

history_days as (

    select * from {{ ref('int_history_days') }}

),

scorings as (

    select * from {{ ref('int_scorings') }}

    where is_recorded

),

lead_scores as (

    select * from {{ ref('int_lead_scores') }}

),

rules_version as (

    select * from {{ ref('int_rules_version') }}

),

all_observations as {{ kept_step() }} (

    select
        lead_scores.lead_id,
        lead_scores.scoring_model,
        history_days.observed_on,
        history_days.day_number,
        history_days.next_observed_on,
        {%- for value in recorded_values %}
        lead_scores.{{ value }},
        {%- endfor %}
        rules_version.rules_version,
        cast(null as date) as old_valid_from,
        cast(null as date) as old_valid_to,
        cast(null as date) as old_segment_since,
        false as is_kept

    from lead_scores

    inner join scorings
        on lead_scores.scoring_id = scorings.scoring_id

    inner join history_days
        on scorings.scoring_date = history_days.observed_on

    cross join rules_version
    {%- if is_incremental() %}

    union all

    select
        history.lead_id,
        history.scoring_model,
        history_days.observed_on,
        history_days.day_number,
        history_days.next_observed_on,
        {%- for value in recorded_values %}
        history.{{ value }},
        {%- endfor %}
        history.rules_version,
        history.valid_from as old_valid_from,
        history.valid_to as old_valid_to,
        history.segment_since as old_segment_since,
        true as is_kept

    from {{ this }} as history

    inner join history_days
        on history.valid_from <= history_days.observed_on
        and (history.valid_to >= history_days.observed_on or history.valid_to is null)

    where not history_days.is_to_record
    {%- endif %}

),
{%- if is_incremental() %}

-- most leads stay as they were: their row goes on, and nothing needs to be worked out for them
unchanged as (

    select
        first_observations.lead_id,
        first_observations.scoring_model

    from all_observations as first_observations

    inner join all_observations as later_observations
        on first_observations.lead_id = later_observations.lead_id
        and first_observations.scoring_model = later_observations.scoring_model
        {%- for value in recorded_values %}
        and (first_observations.{{ value }} is not distinct from later_observations.{{ value }})
        {%- endfor %}

    where
        first_observations.day_number = 1
        and first_observations.is_kept
        and first_observations.old_valid_to is null
        and later_observations.day_number > 1

    group by
        first_observations.lead_id,
        first_observations.scoring_model

    having count(*) = (select count(*) - 1 from history_days)

),

observations as (

    select all_observations.*

    from all_observations

    left join unchanged
        on all_observations.lead_id = unchanged.lead_id
        and all_observations.scoring_model = unchanged.scoring_model

    where unchanged.lead_id is null

),
{%- else %}

observations as (

    select * from all_observations

),
{%- endif %}

-- a lead that was not scored on the day before begins anew
compared as (

    select
        *,
        {%- for value in recorded_values %}
        lag({{ value }}) over lead_days as last_{{ value }},
        {%- endfor %}
        coalesce(lag(day_number) over lead_days = day_number - 1, false) as was_scored_before

    from observations

    window lead_days as (
        partition by lead_id, scoring_model
        order by day_number asc
    )

),

marked as (

    select
        *,
        case
            when
                was_scored_before
                {%- for value in recorded_values %}
                and ({{ value }} is not distinct from last_{{ value }})
                {%- endfor %}
                then 0
            else 1
        end as begins_row,
        case
            when was_scored_before and (segment is not distinct from last_segment) then null
            when day_number = 1 and is_kept then old_segment_since
            else observed_on
        end as segment_began_on

    from compared

),

numbered as (

    select
        *,
        sum(begins_row) over lead_days as span_number,
        max(segment_began_on) over lead_days as segment_since

    from marked

    window lead_days as (
        partition by lead_id, scoring_model
        order by day_number asc
        rows between unbounded preceding and current row
    )

),

last_days as (

    select
        *,
        row_number() over (
            partition by lead_id, scoring_model, span_number
            order by day_number desc
        ) as days_to_end

    from numbered

),

spans as (

    select
        first_days.lead_id,
        first_days.scoring_model,
        case
            when first_days.day_number = 1 and first_days.is_kept then first_days.old_valid_from
            else first_days.observed_on
        end as valid_from,
        case
            when last_days.next_observed_on is not null then last_days.next_observed_on - 1
            when last_days.is_kept then last_days.old_valid_to
        end as valid_to,
        {%- for value in recorded_values %}
        first_days.{{ value }},
        {%- endfor %}
        first_days.segment_since,
        first_days.rules_version,
        first_days.day_number = 1 and first_days.is_kept as is_old,
        first_days.old_valid_to

    from last_days as first_days

    inner join last_days
        on first_days.lead_id = last_days.lead_id
        and first_days.scoring_model = last_days.scoring_model
        and first_days.span_number = last_days.span_number
        and last_days.days_to_end = 1

    where first_days.begins_row = 1

),

-- what began before, and ends where it ended, stands in the table already
final as (

    select
        lead_id,
        scoring_model,
        valid_from,
        valid_to,
        {%- for value in recorded_values %}
        {{ value }},
        {%- endfor %}
        segment_since,
        rules_version

    from spans

    where
        not is_old
        or valid_to is distinct from old_valid_to

)

select * from final
