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
        'model': 'stg_activities',
        'read': {'occurred_at': 'unreadable_occurred_at', 'loaded_at': 'unreadable_loaded_at'},
        'text': ['activity_id', 'activity_type', 'lead_id', 'asset', 'campaign_id'],
        'hashed': ['email']
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
        {%- for column, text in spec['read'].items() %}
        {#- staging keeps either the text as it was, or only what could not be read -#}
        {%- if text.startswith('unreadable') %}
        count({{ column }}) + count({{ text }}) as {{ column }}_present,
        {%- else %}
        count({{ text }}) as {{ column }}_present,
        {%- endif %}
        count({{ column }}) as {{ column }}_readable,
        {%- endfor %}
        {%- for column in spec['text'] %}
        count({{ column }}) as {{ column }}_present,
        {%- endfor %}
        {%- for column in spec.get('hashed', []) %}
        count({{ column }}_hash) as {{ column }}_present,
        {%- endfor %}
        count(*) as row_count

    from {{ ref(spec['model']) }}
    {%- if table == 'leads' %}

    -- what a forgotten lead had is not even counted
    where not is_withheld
    {%- endif %}

),
{%- endfor %}

final as (
    {%- for table, spec in tables.items() %}
    {%- set outer_loop = loop %}
    {%- for column in spec['read'].keys() | list + spec['text'] + spec.get('hashed', []) %}

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
