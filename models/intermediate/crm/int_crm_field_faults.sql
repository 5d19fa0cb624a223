-- One row per fault in crm_fields.csv. As long as there is one, the run stops here, before anything is scored.
{{ config(
    post_hook={
        'sql': "{{ stop_on_rule_faults(files='CRM fields') }}",
        'transaction': false
    }
) }}
{%- set loaded = loaded_columns(ref('crm_fields')) | map(attribute='name') | list %}
{%- set expected = crm_field_columns() %}
{%- set destinations = "'" ~ crm_destinations() | join("', '") ~ "'" %}
with

crm_fields as (

    select * from {{ ref('int_crm_fields') }}

),

-- what a column is called, what it may be sent as
known_columns as (

    select
        cast(column_name as text) as column_name,
        cast(types as text) as types

    from (
        values
        {%- for name, kind in sync_columns().items() %}
        ({{ text_literal(name) }}, {{ text_literal(crm_types(kind) | join('|')) }}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as named_columns (column_name, types)

),

known_names as (

    select {{ dbt.listagg('column_name', "'|'", 'order by ' ~ byte_order('column_name')) }} as names from known_columns

),

header_faults as (

    select
        cast(rule_column as text) as rule_column,
        cast(problem as text) as problem

    from (
        values
        {%- if loaded %}
        {%- for name in expected if name not in loaded %}
        ({{ text_literal(name) }}, {{ text_literal('The column "' ~ name ~ '" is missing.') }}),
        {%- endfor %}
        {%- for name in loaded if name not in expected %}
        ({{ text_literal(name) }}, {{ text_literal('There is no column "' ~ name ~ '" in this file.') }}),
        {%- endfor %}
        {%- endif %}
        (null, null)
    ) as wrong_columns (rule_column, problem)

    where problem is not null

),

judged as (

    select
        crm_fields.file_row,
        crm_fields.destination,
        crm_fields.crm_property,
        crm_fields.column_name,
        crm_fields.type,
        crm_fields.rounding,
        crm_fields.rationale,
        known_columns.types,
        min(crm_fields.file_row) over (
            partition by crm_fields.destination, {{ lower_case('crm_fields.crm_property') }}
        ) as first_property_row,
        min(crm_fields.file_row) over (
            partition by crm_fields.destination, crm_fields.column_name
        ) as first_column_row

    from crm_fields

    left join known_columns
        on crm_fields.column_name = known_columns.column_name

),

content_faults as (
    {%- for name in expected if name != 'rounding' %}

    select
        file_row,
        '{{ name }}' as rule_column,
        cast(null as text) as cell,
        'The cell is empty. It must be filled in.' as problem,
        cast(null as text) as allowed

    from judged

    where {{ name }} is null

    union all
    {%- endfor %}

    select
        file_row,
        'destination' as rule_column,
        destination as cell,
        '"' || destination || '" is no destination.' as problem,
        '{{ crm_destinations() | join('|') }}' as allowed

    from judged

    where destination not in ({{ destinations }})

    union all

    select
        file_row,
        'crm_property' as rule_column,
        crm_property as cell,
        'The property "' || crm_property || '" of ' || destination || ' is already in row '
        || cast(first_property_row as text) || '.' as problem,
        cast(null as text) as allowed

    from judged

    where destination is not null and crm_property is not null and file_row > first_property_row

    union all

    select
        judged.file_row,
        'column_name' as rule_column,
        judged.column_name as cell,
        '"' || judged.column_name || '" is not a column that can be sent.' as problem,
        known_names.names as allowed

    from judged

    cross join known_names

    where judged.column_name is not null and judged.types is null

    union all

    select
        file_row,
        'column_name' as rule_column,
        column_name as cell,
        'The column lead_id of ' || destination || ' is already in row ' || cast(first_column_row as text)
        || '. It says by which property a record is found, so there can be one only.' as problem,
        cast(null as text) as allowed

    from judged

    where column_name = 'lead_id' and destination is not null and file_row > first_column_row

    union all

    select
        file_row,
        'type' as rule_column,
        type as cell,
        '"' || type || '" is no type.' as problem,
        'text|number|boolean|date|datetime' as allowed

    from judged

    where type not in ('text', 'number', 'boolean', 'date', 'datetime')

    union all

    select
        file_row,
        'type' as rule_column,
        type as cell,
        'The column ' || column_name || ' cannot be sent as ' || type || '.' as problem,
        types as allowed

    from judged

    where
        type in ('text', 'number', 'boolean', 'date', 'datetime')
        and position('|' || type || '|' in '|' || types || '|') = 0

    union all

    select
        file_row,
        'rounding' as rule_column,
        rounding as cell,
        case
            when type in ('text', 'boolean', 'date', 'datetime')
                then 'Only a number can be rounded, and this is sent as ' || type || '. Leave it empty.'
            else '"' || rounding || '" is not a number of decimals from 0 to 4.'
        end as problem,
        cast(null as text) as allowed

    from judged

    where
        (type in ('text', 'boolean', 'date', 'datetime') and rounding is not null)
        or not {{ matches_pattern('rounding', '^[0-4]$') }}

    union all

    select
        min(file_row) as file_row,
        'column_name' as rule_column,
        cast(null as text) as cell,
        'No row of ' || destination || ' has the column lead_id. It says by which property a record is found.'
            as problem,
        cast(null as text) as allowed

    from judged

    where destination in ({{ destinations }})

    group by destination

    having count(case when column_name = 'lead_id' then 1 end) = 0

),

final as (

    select
        'crm_fields' as rule_file,
        1 as file_row,
        rule_column,
        cast(null as text) as cell,
        problem,
        {{ text_literal(expected | join('|')) }} as allowed

    from header_faults

    union all

    select
        'crm_fields' as rule_file,
        file_row,
        rule_column,
        cell,
        problem,
        allowed

    from content_faults

    -- what follows from a wrong header is not worth telling
    where not exists (select header_faults.problem from header_faults)

)

select * from final
