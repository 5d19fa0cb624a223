{#-
    The setting `indexes` for a large table that is asked for few of its rows by one of `columns`; empty where the engine
    finds its way without an index, or keeping one would cost more than it saves.
-#}
{% macro lookup_indexes(columns) -%}
    {{ return(adapter.dispatch('lookup_indexes', 'lead_scoring')(columns)) }}
{%- endmacro %}

{% macro default__lookup_indexes(columns) -%}
    {{ return([]) }}
{%- endmacro %}

{# PostgreSQL would read the whole table for every batch that it replaces. #}
{% macro postgres__lookup_indexes(columns) -%}
    {%- set indexes = [] -%}
    {%- for column in columns -%}{%- do indexes.append({'columns': [column]}) -%}{%- endfor -%}
    {{ return(indexes) }}
{%- endmacro %}
