{#- Text as a sort key in the order of its bytes, whatever the collation of the database. -#}
{% macro byte_order(text) -%}
    {{ adapter.dispatch('byte_order', 'lead_scoring')(text) }}
{%- endmacro %}

{% macro default__byte_order(text) -%}
    {{ text }}
{%- endmacro %}

{# PostgreSQL sorts text by the database's collation unless told otherwise. #}
{% macro postgres__byte_order(text) -%}
    {{ text }} collate "C"
{%- endmacro %}
