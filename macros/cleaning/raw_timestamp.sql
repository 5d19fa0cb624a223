{#- The timestamp in the column `name` that raw_value has staged; null when it is unreadable. -#}
{% macro raw_timestamp(columns, name) -%}
    {%- if is_raw_timestamp(columns, name) -%}
        {{ name }}
    {%- else -%}
        {{ read_timestamp(name) }}
    {%- endif -%}
{%- endmacro %}
