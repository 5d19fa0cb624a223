{#-
    The columns of a raw table as a dictionary: lower-case column name -> {name, type}; empty when an optional table is absent.
    Stops the run with a sentence when a needed table, column or row is missing. Unit tests override this macro.
-#}
{% macro raw_columns(relation, needed_columns, is_optional=false) -%}
    {%- if not execute -%}{{ return({}) }}{%- endif -%}
    {%- set found = load_relation(relation) -%}
    {%- if found is none -%}
        {%- if is_optional or flags.WHICH not in ['build', 'run'] -%}{{ return({}) }}{%- endif -%}
        {{ exceptions.raise_compiler_error(
            'The raw table ' ~ relation.schema ~ '.' ~ relation.identifier ~ ' does not exist in ' ~ relation.database
            ~ '. Load it first (scripts/run --data FOLDER does), or say with the vars crm_schema and crm_'
            ~ relation.identifier ~ '_table where it is.'
        ) }}
    {%- endif -%}
    {%- set columns = {} -%}
    {%- for column in adapter.get_columns_in_relation(found) -%}
        {%- do columns.update({column.name | lower: {'name': column.name, 'type': column.dtype | lower}}) -%}
    {%- endfor -%}
    {%- set missing = [] -%}
    {%- for choice in needed_columns -%}
        {%- set names = choice.split(' or ') -%}
        {%- if names | select('in', columns) | list | length == 0 -%}{%- do missing.append(choice) -%}{%- endif -%}
    {%- endfor -%}
    {%- if missing -%}
        {{ exceptions.raise_compiler_error(
            'The raw table ' ~ relation.schema ~ '.' ~ relation.identifier ~ ' lacks the column ' ~ missing | join(', ')
            ~ '. It has: ' ~ columns.keys() | join(', ') ~ '.'
        ) }}
    {%- endif -%}
    {%- if not is_optional and not var('allow_empty_tables', false) and flags.WHICH in ['build', 'run'] -%}
        {%- set first_row = run_query('select 1 from ' ~ found ~ ' limit 1') -%}
        {%- if first_row | length == 0 -%}
            {{ exceptions.raise_compiler_error(
                'The raw table ' ~ relation.schema ~ '.' ~ relation.identifier ~ ' has no rows. Mostly that is a load that'
                ~ ' failed, so nothing is published. If it is meant, set the var allow_empty_tables to true.'
            ) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}
