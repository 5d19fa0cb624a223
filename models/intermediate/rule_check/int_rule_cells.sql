-- One row per rule file, row and column of the file as it is loaded. Row 1 is the header. Rows
-- without any text are left out.
{%- set columns_by_file = {} %}
{%- for rule_file in rule_files() %}
{%- do columns_by_file.update({rule_file: loaded_columns(ref(rule_file))}) %}
{%- endfor %}
with

headers as (

    select
        rule_file,
        rule_column

    from (
        values
        {{ header_values(columns_by_file) }}
    ) as loaded_headers (rule_file, rule_column)

),
{%- for rule_file, columns in columns_by_file.items() %}

{{ rule_file }} as (

    select
        {%- for text in column_texts(columns) %}
        {{ text }} as cell_{{ loop.index }},
        {%- endfor %}
        row_number() over (order by {{ row_position(column_texts(columns)) }}) + 1 as file_row

    from {{ ref(rule_file) }}

),
{%- endfor %}

raw_cells as (

    select
        rule_file,
        1 as file_row,
        rule_column,
        rule_column as cell

    from headers
    {%- for rule_file, columns in columns_by_file.items() if columns %}

    union all

    select
        headers.rule_file,
        {{ rule_file }}.file_row,
        headers.rule_column,
        case headers.rule_column
            {%- for column in columns %}
            when {{ text_literal(column.name) }} then {{ rule_file }}.cell_{{ loop.index }}
            {%- endfor %}
        end as cell

    from headers

    cross join {{ rule_file }}

    where headers.rule_file = {{ text_literal(rule_file) }}
    {%- endfor %}

),

cells as (

    select
        cast(rule_file as text) as rule_file,
        cast(file_row as integer) as file_row,
        cast(rule_column as text) as rule_column,
        cast({{ trim_text('cell') }} as text) as cell

    from raw_cells

),

counted as (

    select
        rule_file,
        file_row,
        rule_column,
        cell,
        count(cell) over (partition by rule_file, file_row) as filled_cell_count

    from cells

),

final as (

    select
        rule_file,
        file_row,
        rule_column,
        cell

    from counted

    where filled_cell_count > 0

)

select * from final
