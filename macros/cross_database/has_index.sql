{#- True when PostgreSQL has an index on just these columns of a table. -#}
{% macro has_index(relation, columns) -%}
    {%- if not execute -%}{{ return(false) }}{%- endif -%}
    {#- from the catalogue itself: the view pg_indexes fails while an index of any other table is dropped -#}
    {%- set found = run_query(
        'select 1 from pg_index'
        ~ ' inner join pg_class on pg_index.indrelid = pg_class.oid'
        ~ ' inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid'
        ~ ' where pg_namespace.nspname = ' ~ text_literal(relation.schema)
        ~ ' and pg_class.relname = ' ~ text_literal(relation.identifier)
        ~ ' and array_to_string(array('
        ~ 'select cast(pg_attribute.attname as text) from unnest(pg_index.indkey) with ordinality as keys (attnum, place)'
        ~ ' inner join pg_attribute on pg_attribute.attrelid = pg_class.oid and pg_attribute.attnum = keys.attnum'
        ~ " order by keys.place), ', ') = " ~ text_literal(columns | join(', '))
    ) -%}
    {{ return(found.rows | length > 0) }}
{%- endmacro %}
