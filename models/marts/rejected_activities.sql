-- One row per raw row of activities that is not used, with the reason; what it says of a forgotten lead is withheld.
with

activities as (

    select * from {{ ref('int_activities') }}

    where rejection_code is not null

),

forgotten_leads as (

    select distinct lead_id

    from {{ ref('int_forgotten_leads') }}

    where lead_id is not null

),

forgotten_addresses as (

    select distinct email_hash

    from {{ ref('int_forgotten_leads') }}

    where email_hash is not null

),

rejected as (

    select
        activities.activity_id,
        activities.activity_type,
        activities.unreadable_occurred_at,
        activities.raw_lead_id,
        activities.email_hash,
        activities.asset,
        activities.loaded_at,
        activities.rejection_code,
        forgotten_leads.lead_id is not null
        or (activities.lead_id is null and forgotten_addresses.email_hash is not null) as is_withheld

    from activities

    -- an activity without an owner may still name one who is to be forgotten
    left join forgotten_leads
        on coalesce(activities.lead_id, activities.raw_lead_id) = forgotten_leads.lead_id

    left join forgotten_addresses
        on activities.email_hash = forgotten_addresses.email_hash

),

final as (

    select
        case when not is_withheld then activity_id end as activity_id,
        rejection_code as reason_code,
        case
            when rejection_code = 'missing_id' then 'The row has no activity_id'
            when rejection_code = 'missing_activity_type' then 'activity_type is empty'
            when rejection_code = 'duplicate'
                then 'Another row of the same activity_id was loaded later, or is first by its contents'
            when rejection_code = 'unknown_lead' and raw_lead_id is null and email_hash is null
                then 'The row has neither a lead_id nor an email'
            when rejection_code = 'unknown_lead' and raw_lead_id is null
                then 'No lead has the email of the row'
            when rejection_code = 'unknown_lead' and email_hash is null
                then 'No lead has the lead_id "' || raw_lead_id || '"'
            when rejection_code = 'unknown_lead'
                then 'No lead has the lead_id "' || raw_lead_id || '" or the email of the row'
            when unreadable_occurred_at is null then 'occurred_at is empty'
            when is_withheld then 'occurred_at is not an ISO 8601 timestamp such as 2026-06-30 14:05:00'
            else
                'occurred_at is "' || unreadable_occurred_at
                || '", which is not an ISO 8601 timestamp such as 2026-06-30 14:05:00'
        end as reason,
        case when not is_withheld then activity_type end as activity_type,
        case when not is_withheld then raw_lead_id end as lead_id,
        case when not is_withheld then asset end as asset,
        case when not is_withheld then loaded_at end as loaded_at,
        is_withheld

    from rejected

)

select * from final
