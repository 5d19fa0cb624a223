-- One row per lead and attribute that a rule names, missing ones included: their value is empty.
{#- A view: its rows are many times the leads, and quicker read from their columns than written down. -#}
{{ config(materialized='view') }}
{%- set numbers = ['employee_count', 'annual_revenue', 'campaign_cost'] %}
{%- set other_texts = ['created_at', 'updated_at', 'is_deleted', 'objects_to_profiling'] %}
{%- set attributes = ['lead_id'] + lead_columns() + derived_attributes() + further_columns_of(ref('int_leads')) %}
with

-- where rules only ask whether there is a value, which one it is would but swell the vocabulary
named_attributes as (

    select
        attribute,
        max(case when operator in ('is_missing', 'is_present') then 0 else 1 end) = 1 as is_value_read

    from {{ ref('int_attribute_rules') }}

    group by attribute

),

-- a branch whose attribute no rule names reads nothing, and every other its one column
final as (
    {%- for attribute in attributes %}

    select
        leads.lead_id,
        named_attributes.attribute,
        {%- if attribute in numbers %}
        {%- set value = 'case when leads.' ~ attribute ~ ' is not null then leads.' ~ attribute ~ '_text end' %}
        {%- elif attribute in other_texts %}
        {%- set value = 'leads.' ~ attribute ~ '_text' %}
        {%- else %}
        {%- set value = 'leads.' ~ adapter.quote(attribute) %}
        {%- endif %}
        case
            when named_attributes.is_value_read then coalesce({{ value }}, '')
            when {{ value }} is not null then 'present'
            else ''
        end as value

    from {{ ref('int_derived_attributes') if attribute in derived_attributes() else ref('int_leads') }} as leads

    inner join named_attributes
        on named_attributes.attribute = {{ lower_case("'" ~ attribute | replace("'", "''") ~ "'") }}
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

)

select * from final
