{#- A raw column as trimmed text; null when the table lacks it. `columns` is what raw_columns gives. -#}
{% macro raw_text(columns, name) -%}
    {%- if name not in columns -%}
        cast(null as text)
    {%- else -%}
        {{ trim_text(text_of(adapter.quote(columns[name]['name']), columns[name]['type'])) }}
    {%- endif -%}
{%- endmacro %}
