{#- The statement that lets a few rows of a large table be found by some columns; empty where the engine finds them as fast without. -#}
{% macro index_on(relation, columns) -%}
    {{ adapter.dispatch('index_on', 'lead_scoring')(relation, columns) }}
{%- endmacro %}

{% macro default__index_on(relation, columns) -%}
{%- endmacro %}

{# PostgreSQL reads the whole table to update the rows of one batch. #}
{% macro postgres__index_on(relation, columns) -%}
    create index if not exists {{ relation.identifier }}_by_key on {{ relation }} ({{ columns | join(', ') }})
{%- endmacro %}
