-- One row per lead and attribute that a rule names, missing ones included: their value is empty.
{%- set numbers = ['employee_count', 'annual_revenue', 'campaign_cost'] %}
{%- set other_texts = ['created_at', 'updated_at', 'is_deleted', 'objects_to_profiling'] %}
{%- set attributes = ['lead_id'] + lead_columns() + derived_attributes() + further_columns_of(ref('int_leads')) %}
with

leads as (

    select * from {{ ref('int_leads') }}

),

named_attributes as (

    select distinct attribute

    from {{ ref('int_attribute_rules') }}

),

-- a branch whose attribute no rule names reads nothing
final as (
    {%- for attribute in attributes %}

    select
        leads.lead_id,
        named_attributes.attribute,
        coalesce(
            {%- if attribute in numbers %}
            case when leads.{{ attribute }} is not null then leads.{{ attribute }}_text end,
            {%- elif attribute in other_texts %}
            leads.{{ attribute }}_text,
            {%- else %}
            leads.{{ adapter.quote(attribute) }},
            {%- endif %}
            ''
        ) as value

    from leads

    inner join named_attributes
        on named_attributes.attribute = {{ lower_case("'" ~ attribute | replace("'", "''") ~ "'") }}
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

)

select * from final
