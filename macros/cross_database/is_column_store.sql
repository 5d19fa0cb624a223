{#- True where an engine reads no more of a table than the columns that a query names, so that looking into one of them first pays. -#}
{% macro is_column_store() -%}
    {{ return(adapter.dispatch('is_column_store', 'lead_scoring')()) }}
{%- endmacro %}

{% macro default__is_column_store() -%}
    {{ return(true) }}
{%- endmacro %}

{# PostgreSQL reads whole rows. #}
{% macro postgres__is_column_store() -%}
    {{ return(false) }}
{%- endmacro %}
