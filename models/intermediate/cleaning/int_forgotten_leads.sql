-- One row per lead_id and hash of the e-mail address of a lead to be forgotten: it was deleted or objects to profiling.
{{ config(post_hook='{{ forget_in_evidence() }}') }}
with

leads as (

    select * from {{ ref('stg_leads') }}

),

used_leads as (

    select lead_id

    from leads

    where rejection_code is null

),

-- the address of a row that is not used is that of the lead only where no row is
final as (

    select distinct
        leads.lead_id,
        leads.email_hash

    from leads

    left join used_leads
        on leads.lead_id = used_leads.lead_id

    where
        leads.is_withheld
        and leads.is_forgotten
        and (leads.rejection_code is null or used_leads.lead_id is null)

)

select * from final
