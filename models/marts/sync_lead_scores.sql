-- One row per lead that a CRM is to be told of, in its primary model: what it says of the lead now, or that it has to clear it.
-- depends_on: {{ ref('int_crm_field_faults') }}
{#- What was said last is in the table itself, so that a full refresh must not drop it. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='lead_id',
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook='{{ add_mapping_version() }}',
    post_hook="{{ index_on(this, ['lead_id']) }}"
) }}
{%- set min_score_change = whole_number_var('min_score_change', 1) %}
{%- set max_sync_age_days = whole_number_var('max_sync_age_days', 30) %}
{%- set values_said = [
    'email', 'scoring_model', 'score', 'grade', 'segment', 'is_marketing_qualified', 'is_sales_ready', 'is_disqualified',
    'fit_points', 'behaviour_points', 'penalty_points', 'score_rank', 'score_percentile', 'activity_count',
    'last_activity_at', 'top_reasons'
] %}
with

run_day as (

    select max(scoring_date) as run_on from {{ ref('int_scoring_dates') }}

),

leads as (

    select distinct lead_id from {{ ref('stg_leads') }}

),

forgotten_leads as (

    select distinct lead_id from {{ ref('int_forgotten_leads') }}

),

crm_fields as (

    select * from {{ ref('int_crm_fields') }}

),

-- which columns any destination is sent, and with how many decimals: the most that one of them wants
field_map as (

    select
        {%- for name, kind in sync_columns().items() %}
        {%- if kind == 'number' %}
        max(case when column_name = '{{ name }}' then coalesce(cast(rounding as integer), 4) end)
            as {{ name }}_decimals,
        {%- endif %}
        coalesce(max(case when column_name = '{{ name }}' then 1 end), 0) = 1 as sends_{{ name }},
        {%- endfor %}
        count(*) as field_count

    from crm_fields

),

mapping as (

    select
        *,
        md5(
            {%- for name, kind in sync_columns().items() %}
            {%- if not loop.first %}
            ||{% endif %} case
                when sends_{{ name }}
                    then '{{ name }};'
                    {%- if kind == 'number' %} || cast({{ name }}_decimals as text) || ';'{% endif %}
                else ''
            end
            {%- endfor %}
        ) as mapping_version

    from field_map

),

said_now as (

    select
        lead_scores.lead_id,
        cast('upsert' as text) as operation,
        run_day.run_on as changed_on,
        lead_scores.email,
        lead_scores.scoring_model,
        lead_scores.score,
        lead_scores.grade,
        lead_scores.segment,
        lead_scores.is_marketing_qualified,
        lead_scores.is_sales_ready,
        lead_scores.is_disqualified,
        cast(round(lead_scores.fit_points, 1) as numeric(18, 1)) as fit_points,
        cast(round(lead_scores.behaviour_points, 1) as numeric(18, 1)) as behaviour_points,
        cast(round(lead_scores.penalty_points, 1) as numeric(18, 1)) as penalty_points,
        lead_scores.score_rank,
        lead_scores.score_percentile,
        lead_scores.activity_count,
        lead_scores.last_activity_at,
        lead_scores.top_reasons

    from {{ ref('lead_scores') }} as lead_scores

    inner join run_day
        on lead_scores.scoring_date = run_day.run_on

    where lead_scores.is_primary_model

),

last_said as (
    {%- if is_incremental() %}

    select * from {{ this }}
    {%- else %}

    -- nothing has been said yet
    select
        lead_id,
        operation,
        changed_on,
        cast(null as text) as row_hash,
        cast(null as text) as mapping_version,
        {{ values_said | join(',\n        ') }}

    from said_now

    where false
    {%- endif %}

),

-- steps of their own for those who ask for a column or two: one that several read would be written down whole
leads_told as (

    select
        lead_id,
        operation,
        changed_on

    from {{ this if is_incremental() else 'last_said' }}

),

leads_scored as (

    select lead_scores.lead_id

    from {{ ref('lead_scores') }} as lead_scores

    inner join run_day
        on lead_scores.scoring_date = run_day.run_on

    where lead_scores.is_primary_model

),

newest as (

    select max(changed_on) as changed_on from leads_told

),

-- scores of a day before the newest in the table are those of a replay, which must not reach a CRM
this_run as (

    select
        run_day.run_on,
        greatest(run_day.run_on, newest.changed_on) as changed_on,
        coalesce(run_day.run_on < newest.changed_on, false) as is_replay

    from run_day

    cross join newest

),

-- what fades with age or moves with other leads (points, rank, reasons, counts) moves no row
upserts as (

    select
        said_now.lead_id,
        said_now.operation,
        said_now.changed_on,
        {{ mapped_values_hash('said_now', 'mapping') }} as row_hash,
        mapping.mapping_version,
        said_now.{{ values_said | join(',\n        said_now.') }}

    from said_now

    cross join this_run

    cross join mapping

    left join last_said
        on said_now.lead_id = last_said.lead_id

    where
        not this_run.is_replay
        and (
            last_said.lead_id is null
            or last_said.operation = 'clear'
            or abs(said_now.score - last_said.score) >= {{ min_score_change }}
            or said_now.scoring_model is distinct from last_said.scoring_model
            or said_now.segment is distinct from last_said.segment
            or said_now.grade is distinct from last_said.grade
            or said_now.is_marketing_qualified is distinct from last_said.is_marketing_qualified
            or said_now.is_sales_ready is distinct from last_said.is_sales_ready
            or said_now.is_disqualified is distinct from last_said.is_disqualified
            or (mapping.sends_email and said_now.email is distinct from last_said.email)
            -- an activity that has grown too old to count is no news
            or (
                mapping.sends_last_activity_at
                and said_now.last_activity_at is not null
                and said_now.last_activity_at is distinct from last_said.last_activity_at
            )
            -- crm_fields names other columns than when this was said, and they say something else of this lead
            or (
                last_said.mapping_version is distinct from mapping.mapping_version
                and last_said.row_hash is distinct from {{ mapped_values_hash('last_said', 'mapping') }}
            )
            or {{ age_in_days('last_said.changed_on', 'this_run.run_on') }} > {{ max_sync_age_days }}
        )

),

clears as (

    select
        leads_told.lead_id,
        this_run.changed_on

    from leads_told

    cross join this_run

    left join leads_scored
        on leads_told.lead_id = leads_scored.lead_id

    left join leads
        on leads_told.lead_id = leads.lead_id

    left join forgotten_leads
        on leads_told.lead_id = forgotten_leads.lead_id

    where
        leads_told.operation = 'upsert'
        and (
            forgotten_leads.lead_id is not null
            or leads.lead_id is null
            or (leads_scored.lead_id is null and not this_run.is_replay)
        )

),

final as (

    select * from upserts

    union all

    select
        lead_id,
        'clear' as operation,
        changed_on,
        null as row_hash,
        null as mapping_version,
        null as {{ values_said | join(',\n        null as ') }}

    from clears

)

select * from final
