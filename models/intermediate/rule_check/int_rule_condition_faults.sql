-- One row per condition on an attribute (audience, fit or negative) whose attribute is unknown or
-- whose value does not suit its operator.
{{ config(materialized='ephemeral') }}
{%- set lead_columns_found = scored_lead_columns(source('crm', 'leads')) %}
{%- set attributes = known_attributes(lead_columns_found) %}
{%- set blanks = '[ \t\r\n\u00a0]*' %}
{%- set number = '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?0*[0-9]{1,2})?' %}
{%- set item = blanks ~ number ~ blanks %}
{%- set range_pattern = '^' ~ item ~ '[|]' ~ item ~ '$' %}
{%- set numbers_pattern = '^' ~ item ~ '([|]' ~ item ~ ')*$' %}
{%- set empty_item_pattern = '(^|[|])' ~ blanks ~ '([|]|$)' %}
with

rule_rows as (

    select * from {{ ref('int_rule_rows') }}

    where rule_file in ('fit_points', 'negative_attributes', 'model_audiences')

),

conditions as (

    select
        rule_file,
        file_row,
        attribute,
        {{ lower_case('attribute') }} as attribute_name,
        operator,
        value,
        {{ trim_text("split_part(value, '|', 1)") }} as low,
        {{ trim_text("split_part(value, '|', 2)") }} as high

    from rule_rows

),

typed as (

    select
        rule_file,
        file_row,
        attribute,
        attribute_name,
        operator,
        value,
        attribute_name in ('employee_count', 'annual_revenue', 'campaign_cost') as is_number,
        {{ read_number('value') }} as number,
        {{ read_number('low') }} as low_number,
        {{ read_number('high') }} as high_number,
        {{ matches_pattern('value', range_pattern) }} as is_range,
        {{ matches_pattern('value', numbers_pattern) }} as is_number_list,
        {{ matches_pattern('value', empty_item_pattern) }} as has_empty_item

    from conditions

),

judged as (

    select
        rule_file,
        file_row,
        attribute,
        attribute_name,
        value,
        case
            when operator in ('is_missing', 'is_present') and value is not null
                then 'The operator ' || operator || ' compares with nothing, so the cell must be '
                || 'empty.'
            when operator in ('is_missing', 'is_present') then null
            when
                value is null
                and operator in (
                    'equals', 'not_equals', 'in', 'not_in', 'contains', 'starts_with', 'ends_with',
                    'contains_word', 'gt', 'gte', 'lt', 'lte', 'between'
                )
                then 'The cell is empty, but the operator ' || operator || ' needs a value.'
            when operator in ('gt', 'gte', 'lt', 'lte') and number is null
                then '"' || value || '" is not a number, and the operator ' || operator
                || ' needs one.'
            when operator = 'between' and not is_range
                then '"' || value || '" is not a range. Write two numbers with a bar between them: '
                || '10|50.'
            when operator = 'between' and low_number > high_number
                then 'The range "' || value || '" begins above its end. '
                || 'Write the lower number first.'
            when operator in ('in', 'not_in') and has_empty_item
                then 'The list "' || value || '" has an empty item. '
                || 'Write one bar between two items: a|b.'
            when operator in ('in', 'not_in') and is_number and not is_number_list
                then '"' || value || '" is not a list of numbers, and ' || attribute
                || ' is a number.'
            when operator in ('equals', 'not_equals') and is_number and number is null
                then '"' || value || '" is not a number, and ' || attribute || ' is one.'
        end as problem

    from typed

),

final as (

    select
        rule_file,
        file_row,
        'value' as rule_column,
        value as cell,
        problem,
        cast(null as text) as allowed

    from judged

    where problem is not null
    {%- if lead_columns_found %}

    union all

    select
        rule_file,
        file_row,
        'attribute' as rule_column,
        attribute as cell,
        '"' || attribute || '" is no column of the leads and no derived attribute.' as problem,
        {{ text_literal(attributes | join('|')) }} as allowed

    from judged

    where
        position('|' in attribute_name) > 0
        or position(
            '|' || attribute_name || '|' in '|' || {{ text_literal(attributes | join('|')) }} || '|'
        ) = 0
    {%- endif %}

)

select * from final
