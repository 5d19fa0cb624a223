{#- A value as a text literal; null when there is none. -#}
{% macro text_literal(value) -%}
    {%- if value is none -%}
        cast(null as text)
    {%- else -%}
        cast('{{ value | string | replace("'", "''") }}' as text)
    {%- endif -%}
{%- endmacro %}
