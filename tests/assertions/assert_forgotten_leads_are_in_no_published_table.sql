-- Returns the published table that still holds a deleted lead or one that objects to profiling.
with

forgotten_leads as (

    select distinct lead_id

    from {{ ref('int_forgotten_leads') }}

    where lead_id is not null

)
{%- for table in [
    'lead_scores', 'ranked_leads', 'lead_score_contributions', 'lead_score_history', 'lead_threshold_events',
    'score_change_reasons', 'rejected_leads', 'rejected_activities'
] %}

select
    '{{ table }}' as published_table,
    forgotten_leads.lead_id,
    'a forgotten lead is still published' as problem

from {{ ref(table) }} as published

inner join forgotten_leads
    on published.lead_id = forgotten_leads.lead_id
{%- if not loop.last %}

union all
{%- endif %}
{%- endfor %}
