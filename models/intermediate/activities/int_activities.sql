-- One row per raw row of activities, with the lead it belongs to; rejection_code is null on the one row per activity that is used.
{#- A view: nearly all rows are read straight from staging, which grows by what is new, so that no copy of them is made each day. -#}
{{ config(materialized='view') }}
with

activities as (

    select * from {{ ref('stg_activities') }}

),

repeated_activities as (

    select * from {{ ref('int_repeated_activities') }}

),

repeated_ids as (

    select distinct activity_id

    from repeated_activities

),

leads as (

    select * from {{ ref('stg_leads') }}

    where rejection_code is null

),

email_owners as (

    select * from {{ ref('int_email_owners') }}

),

single_activities as (

    select
        activities.activity_id,
        activities.activity_type,
        activities.occurred_at,
        activities.occurred_on,
        coalesce(leads.lead_id, email_owners.lead_id) as lead_id,
        activities.lead_id as raw_lead_id,
        activities.email,
        activities.asset,
        activities.campaign_id,
        activities.is_bot,
        activities.loaded_at,
        activities.unreadable_occurred_at,
        activities.unreadable_loaded_at,
        coalesce(
            activities.rejection_code,
            case when coalesce(leads.lead_id, email_owners.lead_id) is null then 'unknown_lead' end
        ) as rejection_code

    from activities

    left join leads
        on activities.lead_id = leads.lead_id

    left join email_owners
        on activities.email = email_owners.email

    left join repeated_ids
        on activities.activity_id = repeated_ids.activity_id
        and activities.rejection_code is null

    where repeated_ids.activity_id is null

),

final as (

    select
        activity_id,
        activity_type,
        occurred_at,
        occurred_on,
        lead_id,
        raw_lead_id,
        email,
        asset,
        campaign_id,
        is_bot,
        loaded_at,
        unreadable_occurred_at,
        unreadable_loaded_at,
        rejection_code

    from single_activities

    union all

    select
        activity_id,
        activity_type,
        occurred_at,
        occurred_on,
        lead_id,
        raw_lead_id,
        email,
        asset,
        campaign_id,
        is_bot,
        loaded_at,
        cast(null as text) as unreadable_occurred_at,
        unreadable_loaded_at,
        rejection_code

    from repeated_activities

)

select * from final
