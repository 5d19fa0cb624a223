-- One row per raw row of leads that is not used, with the reason; what it says of a forgotten lead is withheld.
with

leads as (

    select * from {{ ref('stg_leads') }}

),

rejected as (

    select
        leads.lead_id,
        leads.email,
        leads.company_name,
        leads.created_at_text,
        leads.updated_at,
        leads.rejection_code,
        leads.is_withheld

    from leads

    where leads.rejection_code is not null

),

final as (

    select
        case when not is_withheld then lead_id end as lead_id,
        rejection_code as reason_code,
        case
            when rejection_code = 'missing_id' then 'The row has no lead_id'
            when rejection_code = 'duplicate'
                then 'Another row of the same lead_id is newer, or equally new and first by its contents'
            when created_at_text is null then 'created_at is empty'
            when is_withheld then 'created_at is not an ISO 8601 timestamp such as 2026-06-30 14:05:00'
            else
                'created_at is "' || created_at_text
                || '", which is not an ISO 8601 timestamp such as 2026-06-30 14:05:00'
        end as reason,
        case when not is_withheld then email end as email,
        case when not is_withheld then company_name end as company_name,
        case when not is_withheld then updated_at end as updated_at,
        is_withheld

    from rejected

)

select * from final
