-- One row per rule file, row and column of the file as it is loaded. Row 1 is the header. Rows without any text are left out.
with

cells as (
    {%- for rule_file in rule_files() %}
    {%- set relation = ref(rule_file) %}
    {%- set columns = loaded_columns(relation) %}
    {%- set cell_texts = [] %}
    {%- for column in columns %}
        {%- do cell_texts.append(text_of(adapter.quote(column.name), column.dtype | lower)) %}
    {%- endfor %}
    {%- for column in columns %}

    select
        {{ text_literal(rule_file) }} as rule_file,
        1 as file_row,
        {{ text_literal(column.name) }} as rule_column,
        {{ text_literal(column.name) }} as cell

    union all

    select
        {{ text_literal(rule_file) }} as rule_file,
        cast(row_number() over (order by {{ row_position(cell_texts) }}) + 1 as integer) as file_row,
        {{ text_literal(column.name) }} as rule_column,
        {{ trim_text(cell_texts[loop.index0]) }} as cell

    from {{ relation }}

    union all
    {%- endfor %}
    {%- endfor %}

    -- closes the list; no file has a row 0
    select
        cast(null as text) as rule_file,
        0 as file_row,
        cast(null as text) as rule_column,
        cast(null as text) as cell

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
