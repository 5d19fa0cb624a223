-- One row per raw row of activities, with the lead it belongs to; rejection_code is null on the one row per activity that is used.
{#- A view: most rows are read straight from staging, which grows by what is new, so that no copy of them is made each day. -#}
{{ config(materialized='view') }}
{%- set columns = [
    'activity_id', 'activity_type', 'occurred_at', 'occurred_on', 'lead_id', 'raw_lead_id', 'email_hash', 'asset',
    'campaign_id', 'is_bot', 'loaded_at'
] %}
with

activities as (

    select * from {{ ref('stg_activities') }}

    where rejection_code is null

),

unusable_activities as (

    select * from {{ ref('int_unclear_activities') }}

    where rejection_code is not null

),

leads as (

    select * from {{ ref('stg_leads') }}

    where rejection_code is null

),

email_owners as (

    select * from {{ ref('int_email_owners') }}

),

activities_by_email as (

    select * from {{ ref('int_activities_by_email') }}

),

repeated_activities as (

    select * from {{ ref('int_repeated_activities') }}

),

rejected_activities as (

    select
        unusable_activities.activity_id,
        unusable_activities.activity_type,
        unusable_activities.occurred_at,
        unusable_activities.occurred_on,
        coalesce(leads.lead_id, email_owners.lead_id) as lead_id,
        unusable_activities.lead_id as raw_lead_id,
        unusable_activities.email_hash,
        unusable_activities.asset,
        unusable_activities.campaign_id,
        unusable_activities.is_bot,
        unusable_activities.loaded_at,
        unusable_activities.unreadable_occurred_at,
        unusable_activities.unreadable_loaded_at,
        unusable_activities.rejection_code

    from unusable_activities

    left join leads
        on unusable_activities.lead_id = leads.lead_id

    left join email_owners
        on unusable_activities.email_hash = email_owners.email_hash

),

named_activities as (

    select
        activities.activity_id,
        activities.activity_type,
        activities.occurred_at,
        activities.occurred_on,
        activities.lead_id,
        activities.lead_id as raw_lead_id,
        activities.email_hash,
        activities.asset,
        activities.campaign_id,
        activities.is_bot,
        activities.loaded_at,
        activities.unreadable_loaded_at

    from activities

    -- those that name nobody known are in activities_by_email
    inner join leads
        on activities.lead_id = leads.lead_id

    left join repeated_activities
        on activities.activity_id = repeated_activities.activity_id

    where repeated_activities.activity_id is null

),

final as (

    select
        {{ columns | join(',\n        ') }},
        unreadable_occurred_at,
        unreadable_loaded_at,
        rejection_code

    from rejected_activities

    union all

    select
        {{ columns | join(',\n        ') }},
        cast(null as text) as unreadable_occurred_at,
        unreadable_loaded_at,
        cast(null as text) as rejection_code

    from named_activities

    union all

    select
        {{ columns | join(',\n        ') }},
        cast(null as text) as unreadable_occurred_at,
        unreadable_loaded_at,
        rejection_code

    from activities_by_email

    union all

    select
        {{ columns | join(',\n        ') }},
        cast(null as text) as unreadable_occurred_at,
        unreadable_loaded_at,
        rejection_code

    from repeated_activities

)

select * from final
