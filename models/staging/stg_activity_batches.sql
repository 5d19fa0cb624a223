-- One row per batch of raw activities, those that arrived on one day: how many rows it has, and a fingerprint of all that they say.
-- depends_on: {{ ref('decay_curves') }}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    on_schema_change='sync_all_columns'
) }}
{%- set raw_table = source('crm', 'activities') %}
{%- set columns = raw_columns(raw_table, ['activity_id', 'activity_type', 'occurred_at', 'lead_id or email']) %}
{%- set to_check = batches_to_check(columns) %}
with
{%- if to_check %}

settled as (

    select * from {{ this }}

    where
        (batch < '{{ to_check.since }}' or batch = 'undated')
        and batch not in ({% for batch in to_check.settled %}{{ text_literal(batch) }}{{ ', ' if not loop.last }}{% endfor %})

),

checked as (

    {{ batch_sums(columns, from_raw_batches(raw_table, columns, to_check.settled, to_check.since)) | indent(4) }}

),

-- rows came to the settled batches, or went: there is no telling to which but by looking at all
miscounted as (

    select 1 as is_miscounted

    where
        (select count(*) from {{ raw_table }})
        <> (select coalesce(sum(row_count), 0) from checked) + (select coalesce(sum(row_count), 0) from settled)

),

summed as (

    {{ batch_sums(columns, from_raw(raw_table, columns) ~ '\n\nwhere exists (select 1 from miscounted)') | indent(4) }}

    union all

    select * from checked

    where not exists (select 1 from miscounted)

),
{%- else %}

summed as (

    {{ batch_sums(columns, from_raw(raw_table, columns)) | indent(4) }}

),
{%- endif %}

-- a step of its own: beside the sums, PostgreSQL would no longer add them up on several cores
hashed as (

    select
        batch,
        row_count,
        left(
            md5(
                '{{ cleaning_version(columns) }} ' || batch || ' ' || cast(row_count as text) || ' ' || rows_fingerprint
            ),
            12
        ) as fingerprint,
        '{{ cleaning_version(columns) }}' as cleaning_version,
        {{ scoring_date() }} as checked_on

    from summed

),

final as (

    select * from hashed
    {%- if to_check %}

    union all

    select
        batch,
        row_count,
        fingerprint,
        cleaning_version,
        checked_on

    from settled

    where not exists (select 1 from miscounted)
    {%- endif %}

)

select * from final
