-- One row per raw row of activities, with the lead it belongs to; rejection_code is null on the one row per activity that is used.
with

activities as (

    select * from {{ ref('stg_activities') }}

),

leads as (

    select * from {{ ref('stg_leads') }}

    where rejection_code is null

),

-- an address that several leads share belongs to the earliest of them; a deleted lead yields to one that is there
email_owners as (

    select
        email,
        lead_id,
        row_number() over (
            partition by email
            order by is_deleted asc, created_at asc, {{ byte_order('lead_id') }} asc
        ) as owner_rank

    from leads

    where email is not null

),

owned as (

    select
        activities.activity_id,
        activities.activity_type,
        activities.occurred_at,
        coalesce(leads.lead_id, email_owners.lead_id) as lead_id,
        activities.lead_id as raw_lead_id,
        activities.email,
        activities.asset,
        activities.campaign_id,
        activities.is_bot,
        activities.loaded_at,
        activities.is_bot_text,
        activities.occurred_at_text,
        activities.loaded_at_text,
        coalesce(
            activities.rejection_code,
            case when coalesce(leads.lead_id, email_owners.lead_id) is null then 'unknown_lead' end
        ) as row_fault

    from activities

    left join leads
        on activities.lead_id = leads.lead_id

    left join email_owners
        on activities.email = email_owners.email
        and email_owners.owner_rank = 1

),

-- among the usable rows of an activity the latest loaded wins; the contents break ties, so that row order plays no part
ranked as (

    select
        activity_id,
        activity_type,
        occurred_at,
        lead_id,
        raw_lead_id,
        email,
        asset,
        campaign_id,
        is_bot,
        loaded_at,
        occurred_at_text,
        loaded_at_text,
        row_fault,
        row_number() over (
            partition by activity_id, row_fault
            order by
                loaded_at desc nulls last,
                {{ byte_order('activity_type') }} asc,
                occurred_at asc,
                {{ byte_order('raw_lead_id') }} asc nulls last,
                {{ byte_order('email') }} asc nulls last,
                {{ byte_order('asset') }} asc nulls last,
                {{ byte_order('campaign_id') }} asc nulls last,
                {{ byte_order('is_bot_text') }} asc nulls last
        ) as activity_row_rank

    from owned

),

final as (

    select
        activity_id,
        activity_type,
        occurred_at,
        cast(occurred_at as date) as occurred_on,
        lead_id,
        raw_lead_id,
        email,
        asset,
        campaign_id,
        is_bot,
        loaded_at,
        occurred_at_text,
        loaded_at_text,
        coalesce(row_fault, case when activity_row_rank > 1 then 'duplicate' end) as rejection_code

    from ranked

)

select * from final
