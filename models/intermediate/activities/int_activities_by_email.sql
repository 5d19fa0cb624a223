-- One row per usable raw row of activities that names no lead that there is, with the lead that its e-mail address belongs to.
{#- A view: scores ask for the rows of a few days, and need not wait for those of all times to be written down. -#}
{{ config(materialized='view') }}
with

leads as (

    select * from {{ ref('stg_leads') }}

    where rejection_code is null

),

email_owners as (

    select * from {{ ref('int_email_owners') }}

),

-- rows of an activity that has several are judged together; the row that stands for a batch has no id
activities as (

    select * from {{ ref('int_unclear_activities') }}

    where
        activity_id is not null
        and rejection_code is null
        and not is_repeated

),

-- a row may name a lead that has come since
unnamed as (

    select activities.*

    from activities

    left join leads
        on activities.lead_id = leads.lead_id

    where leads.lead_id is null

),

final as (

    select
        unnamed.activity_id,
        unnamed.activity_type,
        unnamed.occurred_at,
        unnamed.occurred_on,
        email_owners.lead_id,
        unnamed.lead_id as raw_lead_id,
        unnamed.email_hash,
        unnamed.asset,
        unnamed.campaign_id,
        unnamed.is_bot,
        unnamed.loaded_at,
        unnamed.arrived_on,
        unnamed.unreadable_loaded_at,
        case when email_owners.lead_id is null then 'unknown_lead' end as rejection_code

    from unnamed

    left join email_owners
        on unnamed.email_hash = email_owners.email_hash

)

select * from final
