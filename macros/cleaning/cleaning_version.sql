{#- A hash of all that decides how a raw table is cleaned: its columns, its staging model and the macros that read text. -#}
{% macro cleaning_version(columns, model_name) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set model_code = graph.nodes['model.' ~ project_name ~ '.' ~ model_name].raw_code -%}
    {%- set readings = [trim_text('cell'), lower_case('cell'), read_boolean('cell'), read_number('cell'), read_timestamp('cell')] -%}
    {{- local_md5(tojson(columns) ~ model_code ~ readings | join) -}}
{%- endmacro %}
