{#-
    A sort key for the order in which the rows of a table were loaded, so that a message can name the row of the file. Where
    the engine keeps no such order, the contents of `columns` give one: the same on each run, but not the file's. Only for
    messages: no result may depend on it.
-#}
{% macro row_position(columns) -%}
    {{ adapter.dispatch('row_position', 'lead_scoring')(columns) }}
{%- endmacro %}

{% macro default__row_position(columns) -%}
    {%- for column in columns -%}
        {{ byte_order(column) }} asc nulls last {%- if not loop.last -%}, {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# DuckDB numbers the rows of a table as they come in. #}
{% macro duckdb__row_position(columns) -%}
    rowid
{%- endmacro %}

{# PostgreSQL fills a new table from its first page on. #}
{% macro postgres__row_position(columns) -%}
    ctid
{%- endmacro %}
