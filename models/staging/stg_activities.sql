-- One row per raw row of activities, cleaned and typed; rejection_code says why a row cannot be used, as far as the row alone tells.
{%- set columns = raw_columns(
    source('crm', 'activities'), ['activity_id', 'activity_type', 'occurred_at', 'lead_id or email']
) %}
with

raw_activities as (

    select
        {{ raw_text(columns, 'activity_id') }} as activity_id,
        {{ lower_case(raw_text(columns, 'activity_type')) }} as activity_type,
        {{ raw_value(columns, 'occurred_at') }} as occurred_at,
        {{ raw_text(columns, 'lead_id') }} as lead_id,
        {{ lower_case(raw_text(columns, 'email')) }} as email,
        {{ raw_text(columns, 'asset') }} as asset,
        {{ raw_text(columns, 'campaign_id') }} as campaign_id,
        {{ raw_text(columns, 'is_bot') }} as is_bot_text,
        {{ raw_value(columns, 'loaded_at') }} as loaded_at

    {{ from_raw(source('crm', 'activities'), columns) }}

),

typed as (

    select
        activity_id,
        activity_type,
        {{ raw_timestamp(columns, 'occurred_at') }} as occurred_at,
        lead_id,
        email,
        asset,
        campaign_id,
        {{ read_boolean('is_bot_text') }} as is_bot,
        {{ raw_timestamp(columns, 'loaded_at') }} as loaded_at,
        is_bot_text,
        {{ raw_value_text(columns, 'occurred_at') }} as occurred_at_text,
        {{ raw_value_text(columns, 'loaded_at') }} as loaded_at_text

    from raw_activities

),

final as (

    select
        activity_id,
        activity_type,
        occurred_at,
        lead_id,
        email,
        asset,
        campaign_id,
        is_bot,
        loaded_at,
        is_bot_text,
        occurred_at_text,
        loaded_at_text,
        case
            when activity_id is null then 'missing_id'
            when activity_type is null then 'missing_activity_type'
            when occurred_at is null then 'invalid_timestamp'
        end as rejection_code

    from typed

)

select * from final
