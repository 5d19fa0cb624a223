-- One row per usable activity of a human and version of it that was ever the right one, with its lead.
{#- A view of what scores are summed from: whether the lead exists is left to the join with the leads, once they are few. -#}
{{ config(materialized='view') }}
with

activities as (

    select * from {{ ref('stg_activities') }}

    where
        rejection_code is null
        and not is_bot

),

activities_by_email as (

    select * from {{ ref('int_activities_by_email') }}

),

-- an activity that names an unknown lead stands here in vain: by its e-mail it may count for another one below
named_activities as (

    select
        activities.lead_id,
        activities.activity_type,
        activities.asset,
        activities.occurred_at,
        activities.occurred_on,
        activities.arrived_on

    from activities

    left join {{ ref('int_repeated_activities') }} as repeated_activities
        on activities.activity_id = repeated_activities.activity_id

    where
        activities.lead_id is not null
        and repeated_activities.activity_id is null

),

final as (

    select
        lead_id,
        activity_type,
        asset,
        occurred_at,
        occurred_on,
        arrived_on,
        cast(null as date) as superseded_on

    from named_activities

    union all

    select
        lead_id,
        activity_type,
        asset,
        occurred_at,
        occurred_on,
        arrived_on,
        cast(null as date) as superseded_on

    from activities_by_email

    where
        rejection_code is null
        and not is_bot

    union all

    select
        lead_id,
        activity_type,
        asset,
        occurred_at,
        occurred_on,
        arrived_on,
        superseded_on

    from {{ ref('int_repeated_activities') }}

    -- a row that a better one came before, or with, was never the right one
    where
        coalesce(rejection_code, 'duplicate') = 'duplicate'
        and not is_bot
        and (superseded_on is null or superseded_on > arrived_on)

)

select * from final
