-- One row per raw table and column: how many rows it has, in how many the column is empty, in how many it cannot be read.
{%- set tables = {
    'leads': {
        'model': 'stg_leads',
        'read': {
            'created_at': 'created_at_text', 'updated_at': 'updated_at_text', 'employee_count': 'employee_count_text',
            'annual_revenue': 'annual_revenue_text'
        },
        'text': [
            'lead_id', 'email', 'first_name', 'last_name', 'phone', 'job_title', 'company_name', 'industry', 'country',
            'region', 'lead_source', 'campaign_id', 'owner_id'
        ]
    },
    'activities': {
        'counts': 'int_activity_counts',
        'read': ['occurred_at', 'loaded_at'],
        'text': ['activity_id', 'activity_type', 'lead_id', 'asset', 'campaign_id', 'email']
    },
    'opportunities': {
        'model': 'stg_opportunities',
        'read': {'created_at': 'created_at_text', 'closed_at': 'closed_at_text', 'amount': 'amount_text'},
        'text': ['opportunity_id', 'lead_id', 'stage']
    },
    'campaigns': {
        'model': 'stg_campaigns',
        'read': {'cost': 'cost_text', 'started_on': 'started_on_text', 'ended_on': 'ended_on_text'},
        'text': ['campaign_id', 'campaign_name', 'channel']
    },
    'sales_feedback': {
        'model': 'stg_sales_feedback',
        'read': {'recorded_at': 'recorded_at_text'},
        'text': ['feedback_id', 'lead_id', 'verdict', 'reason']
    }
} %}
with
{% for table, spec in tables.items() %}

{{ table }} as (

    select
        {%- for column in spec['read'] %}
        {%- if 'counts' in spec %}
        coalesce(sum({{ column }}_present), 0) as {{ column }}_present,
        coalesce(sum({{ column }}_readable), 0) as {{ column }}_readable,
        {%- else %}
        count({{ spec['read'][column] }}) as {{ column }}_present,
        count({{ column }}) as {{ column }}_readable,
        {%- endif %}
        {%- endfor %}
        {%- for column in spec['text'] %}
        {{ 'coalesce(sum(' ~ column ~ '_present), 0)' if 'counts' in spec else 'count(' ~ column ~ ')' }}
            as {{ column }}_present,
        {%- endfor %}
        {{ 'coalesce(sum(row_count), 0)' if 'counts' in spec else 'count(*)' }} as row_count

    from {{ ref(spec['counts'] if 'counts' in spec else spec['model']) }}
    {%- if table == 'leads' %}

    -- what a forgotten lead had is not even counted
    where not is_withheld
    {%- endif %}

),
{%- endfor %}

final as (
    {%- for table, spec in tables.items() %}
    {%- set outer_loop = loop %}
    {%- for column in spec['read'] | list + spec['text'] %}

    select
        '{{ table }}' as table_name,
        '{{ column }}' as column_name,
        cast(row_count as bigint) as row_count,
        cast(row_count - {{ column }}_present as bigint) as missing_count,
        cast({{ column ~ '_present - ' ~ column ~ '_readable' if column in spec['read'] else 0 }} as bigint)
            as unreadable_count

    from {{ table }}
    {%- if not (outer_loop.last and loop.last) %}

    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}

)

select * from final
