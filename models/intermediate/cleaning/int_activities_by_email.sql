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

owned as (

    select
        activities.*,
        email_owners.lead_id as owner_id

    from activities

    left join email_owners
        on activities.email_hash = email_owners.email_hash

),

-- a row may name a lead that has come since
final as (

    select
        owned.activity_id,
        owned.activity_type,
        owned.occurred_at,
        owned.occurred_on,
        owned.owner_id as lead_id,
        owned.lead_id as raw_lead_id,
        owned.email_hash,
        owned.asset,
        owned.campaign_id,
        owned.is_bot,
        owned.loaded_at,
        owned.arrived_on,
        owned.unreadable_loaded_at,
        case when owned.owner_id is null then 'unknown_lead' end as rejection_code

    from owned

    left join leads
        on owned.lead_id = leads.lead_id

    where leads.lead_id is null

)

select * from final
