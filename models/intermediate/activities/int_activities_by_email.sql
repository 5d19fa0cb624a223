-- One row per usable raw row of activities that names no lead that there is, with the lead that its e-mail address belongs to.
with

leads as (

    select * from {{ ref('stg_leads') }}

    where rejection_code is null

),

email_owners as (

    select * from {{ ref('int_email_owners') }}

),

repeated_activities as (

    select * from {{ ref('int_repeated_activities') }}

),

activities as (

    select * from {{ ref('stg_activities') }}

    where rejection_code is null

),

unnamed as (

    select activities.*

    from activities

    left join leads
        on activities.lead_id = leads.lead_id

    where leads.lead_id is null

),

-- rows of an activity that has several are judged together
single as (

    select unnamed.*

    from unnamed

    left join repeated_activities
        on unnamed.activity_id = repeated_activities.activity_id

    where repeated_activities.activity_id is null

),

final as (

    select
        single.activity_id,
        single.activity_type,
        single.occurred_at,
        single.occurred_on,
        email_owners.lead_id,
        single.lead_id as raw_lead_id,
        single.email_hash,
        single.asset,
        single.campaign_id,
        single.is_bot,
        single.loaded_at,
        single.arrived_on,
        single.unreadable_loaded_at,
        case when email_owners.lead_id is null then 'unknown_lead' end as rejection_code

    from single

    left join email_owners
        on single.email_hash = email_owners.email_hash

)

select * from final
