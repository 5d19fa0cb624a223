-- One row per raw row of activities, cleaned and typed; rejection_code says why a row cannot be used, as far as the row alone tells.
{#- Only batches that are new, or no longer what they were, are read again. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook='{{ forget_changed_batches() }}',
    post_hook="{{ index_on(this, ['batch_fingerprint']) }}"
) }}
{%- set columns = raw_columns(
    source('crm', 'activities'), ['activity_id', 'activity_type', 'occurred_at', 'lead_id or email']
) %}
{%- set new_batches = batches_to_read_by_name() %}
with

batches as (

    select * from {{ ref('stg_activity_batches') }}

),

batches_to_read as (

    {{ batches_to_read() }}

),

raw_activities as (

    select
        {{ arrival_batch(columns) }} as batch,
        {{ raw_text(columns, 'activity_id') }} as activity_id,
        {{ raw_text(columns, 'activity_type') }} as activity_type,
        {{ raw_value(columns, 'occurred_at') }} as occurred_at,
        {{ raw_text(columns, 'lead_id') }} as lead_id,
        {{ raw_text(columns, 'email') }} as email,
        {{ raw_text(columns, 'asset') }} as asset,
        {{ raw_text(columns, 'campaign_id') }} as campaign_id,
        {{ raw_text(columns, 'is_bot') }} as is_bot_text,
        {{ raw_value(columns, 'loaded_at') }} as loaded_at

    {{ from_raw_batches(source('crm', 'activities'), columns, new_batches) | indent(4) }}

    {{ evaluate_once() }}

),

typed as (

    select
        batch,
        activity_id,
        {{ lower_case('activity_type') }} as activity_type,
        {{ raw_timestamp(columns, 'occurred_at') }} as occurred_at,
        lead_id,
        {{ lower_case('email') }} as email,
        asset,
        campaign_id,
        {{ read_boolean('is_bot_text') }} as is_bot,
        {{ raw_timestamp(columns, 'loaded_at') }} as loaded_at,
        is_bot_text,
        {{ raw_value_text(columns, 'occurred_at') }} as occurred_at_text,
        {{ raw_value_text(columns, 'loaded_at') }} as loaded_at_text

    from raw_activities

    {{ evaluate_once() }}

),

final as (

    select
        typed.activity_id,
        typed.activity_type,
        typed.occurred_at,
        cast(typed.occurred_at as date) as occurred_on,
        typed.lead_id,
        md5(typed.email) as email_hash,
        typed.asset,
        typed.campaign_id,
        typed.is_bot,
        typed.loaded_at,
        coalesce(cast(typed.loaded_at as date), cast(typed.occurred_at as date)) as arrived_on,
        typed.is_bot_text,
        case when typed.occurred_at is null then typed.occurred_at_text end as unreadable_occurred_at,
        case when typed.loaded_at is null then typed.loaded_at_text end as unreadable_loaded_at,
        typed.batch,
        batches_to_read.fingerprint as batch_fingerprint,
        case
            when typed.activity_id is null then 'missing_id'
            when typed.activity_type is null then 'missing_activity_type'
            when typed.occurred_at is null then 'invalid_timestamp'
        end as rejection_code

    from typed

    -- a row that came after the fingerprints were taken waits for the next run
    inner join batches_to_read
        on typed.batch = batches_to_read.batch

)

select * from final
