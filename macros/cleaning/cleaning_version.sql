{#- A hash of all that decides how raw activities are cleaned: their columns, the staging model and the macros that read a cell. -#}
{% macro cleaning_version(columns) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set statements = [graph.nodes['model.' ~ project_name ~ '.stg_activities'].raw_code, arrival_batch(columns)] -%}
    {%- do statements.extend([lower_case('cell'), read_boolean('cell')]) -%}
    {%- for name in activity_columns() -%}
        {%- do statements.extend([raw_text(columns, name), raw_value(columns, name)]) -%}
        {%- do statements.extend([raw_timestamp(columns, name), raw_value_text(columns, name)]) -%}
    {%- endfor -%}
    {{- local_md5(statements | join) -}}
{%- endmacro %}
