{#- The column `name` that raw_value has staged, as text. -#}
{% macro raw_value_text(columns, name) -%}
    {%- if is_raw_timestamp(columns, name) -%}
        {{ timestamp_text(name) }}
    {%- else -%}
        {{ name }}
    {%- endif -%}
{%- endmacro %}
