{#- True when the raw column holds timestamps or dates already, so that it need not be read as text. -#}
{% macro is_raw_timestamp(columns, name) -%}
    {%- set type = columns[name]['type'] if name in columns else '' -%}
    {{ return(type.startswith('timestamp') or type == 'date') }}
{%- endmacro %}
