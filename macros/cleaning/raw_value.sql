{#- A raw column as it is staged first: a UTC timestamp when it is one already, trimmed text otherwise, null when it is absent. -#}
{% macro raw_value(columns, name) -%}
    {%- if name not in columns -%}
        cast(null as text)
    {%- else -%}
        {%- set column = adapter.quote(columns[name]['name']) -%}
        {%- set type = columns[name]['type'] -%}
        {%- if 'with time zone' in type or type == 'timestamptz' -%}
            cast({{ column }} at time zone 'UTC' as timestamp)
        {%- elif is_raw_timestamp(columns, name) -%}
            cast({{ column }} as timestamp)
        {%- else -%}
            {{ trim_text(text_of(column, type)) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
