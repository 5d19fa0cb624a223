{#-
    A hash of all that decides how raw activities are cleaned: their columns, the macros that read a cell, and the models that
    keep what they made of a batch.
-#}
{% macro cleaning_version(columns) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set statements = [arrival_batch(columns)] -%}
    {%- for model in ['stg_activities', 'int_activity_counts', 'int_unclear_activities'] -%}
        {%- do statements.append(graph.nodes['model.' ~ project_name ~ '.' ~ model].raw_code) -%}
    {%- endfor -%}
    {%- do statements.extend([lower_case('cell'), read_boolean('cell')]) -%}
    {%- for name in activity_columns() -%}
        {%- do statements.extend([raw_text(columns, name), raw_value(columns, name)]) -%}
        {%- do statements.extend([raw_timestamp(columns, name), raw_value_text(columns, name)]) -%}
    {%- endfor -%}
    {{- local_md5(statements | join) -}}
{%- endmacro %}
