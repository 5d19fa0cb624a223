-- One row per e-mail address of a lead, with the lead that activities of that address belong to.
with

leads as (

    select * from {{ ref('stg_leads') }}

    where
        rejection_code is null
        and email_hash is not null

),

-- an address that several leads share belongs to the earliest of them; a deleted lead yields to one that is there
ranked as (

    select
        email_hash,
        lead_id,
        row_number() over (
            partition by email_hash
            order by is_deleted asc, created_at asc, {{ byte_order('lead_id') }} asc
        ) as owner_rank

    from leads

),

final as (

    select
        email_hash,
        lead_id

    from ranked

    where owner_rank = 1

)

select * from final
