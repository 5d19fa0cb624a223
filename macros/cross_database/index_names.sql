{#- The names of the indexes that PostgreSQL has on just these columns of a table, as a list. -#}
{% macro index_names(relation, columns) -%}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set found = run_query(
        'select indexname from pg_indexes where schemaname = ' ~ text_literal(relation.schema)
        ~ ' and tablename = ' ~ text_literal(relation.identifier)
        ~ ' and indexdef like ' ~ text_literal('%(' ~ columns | join(', ') ~ ')')
    ) -%}
    {{ return(found.columns[0].values() | list) }}
{%- endmacro %}
