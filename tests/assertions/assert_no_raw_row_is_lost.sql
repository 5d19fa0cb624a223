-- Returns the raw table whose rows are not exactly its used rows and its rejected rows.
{{ config(tags="cleaning") }}
with

counts as (

    select
        'leads' as raw_table,
        (select count(*) from {{ source('crm', 'leads') }}) as raw_rows,
        (select count(*) from {{ ref('stg_leads') }} where rejection_code is null) as used_rows,
        (select count(*) from {{ ref('rejected_leads') }}) as rejected_rows

    union all

    select
        'activities' as raw_table,
        (select count(*) from {{ source('crm', 'activities') }}) as raw_rows,
        (select count(*) from {{ ref('int_activities') }} where rejection_code is null) as used_rows,
        (select count(*) from {{ ref('rejected_activities') }}) as rejected_rows
    {%- for table in ['opportunities', 'campaigns', 'sales_feedback'] %}
    {%- if not execute or load_relation(source('crm', table)) is not none %}

    union all

    select
        '{{ table }}' as raw_table,
        (select count(*) from {{ source('crm', table) }}) as raw_rows,
        (select count(*) from {{ ref('stg_' ~ table) }} where rejection_code is null) as used_rows,
        (select count(*) from {{ ref('stg_' ~ table) }} where rejection_code is not null) as rejected_rows
    {%- endif %}
    {%- endfor %}

)

select
    raw_table,
    raw_rows as expected,
    used_rows + rejected_rows as actual,
    'raw rows are not used rows and rejected rows' as problem

from counts

where raw_rows is distinct from used_rows + rejected_rows
