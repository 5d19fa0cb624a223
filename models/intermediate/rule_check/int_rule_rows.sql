-- One row per rule file and row of it, its cells side by side as text. A column that the file does
-- not have is null.
with

rule_cells as (

    select * from {{ ref('int_rule_cells') }}

),

rule_rows as (

    select
        rule_file,
        {%- for name in rule_column_names() %}
        max(case when rule_column = {{ text_literal(name) }} then cell end) as {{ name }},
        {%- endfor %}
        file_row

    from rule_cells

    where file_row > 1

    group by
        rule_file,
        file_row

)

select * from rule_rows
