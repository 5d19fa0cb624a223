-- One row per batch of raw activities, day, type, asset, is_bot and rejection_code: how many rows, and how many with each column.
{#- What is asked of activities of all times but not of each: a run counts the batches that are new, and adds up the rest. -#}
{#- int_unclear_activities takes longer, and as much waits for it: it is not to begin after this one. -#}
-- depends_on: {{ ref('int_unclear_activities') }}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook='{{ forget_changed_batches() }}'
) }}
{%- set new_batches = batches_to_read_by_name() %}
with

batches as (

    select * from {{ ref('stg_activity_batches') }}

),

batches_to_read as (

    {{ batches_to_read() }}

),

activities as (

    select stg_activities.*

    from {{ ref('stg_activities') }} as stg_activities

    -- rows that came after the fingerprints were taken wait for the next run
    inner join batches_to_read
        on stg_activities.batch = batches_to_read.batch
    {%- if new_batches is not none %}

    where {{ of_batches('stg_activities', new_batches) }}
    {%- endif %}

),

final as (

    select
        batch,
        batch_fingerprint,
        occurred_on,
        activity_type,
        asset,
        is_bot,
        rejection_code,
        max(arrived_on) as last_arrived_on,
        count(*) as row_count,
        {%- for column in ['activity_id', 'activity_type', 'lead_id', 'asset', 'campaign_id'] %}
        count({{ column }}) as {{ column }}_present,
        {%- endfor %}
        count(email_hash) as email_present,
        {#- staging keeps a time, or else what could not be read -#}
        {%- for column in ['occurred_at', 'loaded_at'] %}
        count({{ column }}) + count(unreadable_{{ column }}) as {{ column }}_present,
        count({{ column }}) as {{ column }}_readable {%- if not loop.last %},{% endif %}
        {%- endfor %}

    from activities

    group by
        batch,
        batch_fingerprint,
        occurred_on,
        activity_type,
        asset,
        is_bot,
        rejection_code

)

select * from final
