-- Returns what the sync still holds of a lead that is forgotten or cleared.
with

sync_lead_scores as (

    select * from {{ ref('sync_lead_scores') }}

),

forgotten_leads as (

    select distinct lead_id

    from {{ ref('int_forgotten_leads') }}

    where lead_id is not null

),

crm_deliveries as (

    select * from {{ ref('crm_deliveries') }}

)

select
    sync_lead_scores.lead_id,
    'a forgotten lead is not cleared' as problem

from sync_lead_scores

inner join forgotten_leads
    on sync_lead_scores.lead_id = forgotten_leads.lead_id

where sync_lead_scores.operation <> 'clear'

union all

select
    lead_id,
    'a cleared lead still has values' as problem

from sync_lead_scores

where
    operation = 'clear'
    and (
        row_hash is not null
        or mapping_version is not null
        {%- for name in sync_columns() if name not in ['lead_id', 'changed_on'] %}
        or {{ name }} is not null
        {%- endfor %}
    )

union all

select
    crm_deliveries.lead_id,
    'the receipt of a cleared lead still says what was delivered' as problem

from crm_deliveries

inner join sync_lead_scores
    on crm_deliveries.lead_id = sync_lead_scores.lead_id

where
    sync_lead_scores.operation = 'clear'
    and (crm_deliveries.row_hash is not null or crm_deliveries.error is not null)
