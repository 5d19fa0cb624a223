-- One row per usable raw row of an activity that has several, with the lead it belongs to; rejection_code is null on the one that is used.
with

-- an activity with one row needs no choice
activities as (

    select * from {{ ref('int_unclear_activities') }}

    where is_repeated

),

leads as (

    select * from {{ ref('stg_leads') }}

    where rejection_code is null

),

email_owners as (

    select * from {{ ref('int_email_owners') }}

),

owned as (

    select
        activities.activity_id,
        activities.activity_type,
        activities.occurred_at,
        activities.occurred_on,
        coalesce(leads.lead_id, email_owners.lead_id) as lead_id,
        activities.lead_id as raw_lead_id,
        activities.email_hash,
        activities.asset,
        activities.campaign_id,
        activities.is_bot,
        activities.loaded_at,
        activities.arrived_on,
        activities.is_bot_text,
        activities.unreadable_loaded_at,
        case when coalesce(leads.lead_id, email_owners.lead_id) is null then 'unknown_lead' end as row_fault

    from activities

    left join leads
        on activities.lead_id = leads.lead_id

    left join email_owners
        on activities.email_hash = email_owners.email_hash

),

-- among the rows of known leads the latest loaded wins; the contents break ties, so that row order plays no part. A row was the
-- right one from the day it arrived until a better one did: what was known on a past day can be told
ranked as (

    select
        activity_id,
        activity_type,
        occurred_at,
        occurred_on,
        lead_id,
        raw_lead_id,
        email_hash,
        asset,
        campaign_id,
        is_bot,
        loaded_at,
        arrived_on,
        unreadable_loaded_at,
        row_fault,
        row_number() over best_first as activity_row_rank,
        min(arrived_on) over (best_first rows between unbounded preceding and 1 preceding) as superseded_on

    from owned

    window best_first as (
        partition by activity_id, row_fault
        order by
            loaded_at desc nulls last,
            {{ byte_order('activity_type') }} asc,
            occurred_at asc,
            {{ byte_order('raw_lead_id') }} asc nulls last,
            {{ byte_order('email_hash') }} asc nulls last,
            {{ byte_order('asset') }} asc nulls last,
            {{ byte_order('campaign_id') }} asc nulls last,
            {{ byte_order('is_bot_text') }} asc nulls last
    )

),

final as (

    select
        activity_id,
        activity_type,
        occurred_at,
        occurred_on,
        lead_id,
        raw_lead_id,
        email_hash,
        asset,
        campaign_id,
        is_bot,
        loaded_at,
        arrived_on,
        superseded_on,
        unreadable_loaded_at,
        coalesce(row_fault, case when activity_row_rank > 1 then 'duplicate' end) as rejection_code

    from ranked

)

select * from final
