{#- The statement that lets a few rows of a large table be found by some columns; empty where the engine finds them as fast without. -#}
{% macro index_on(relation, columns) -%}
    {{ adapter.dispatch('index_on', 'lead_scoring')(relation, columns) }}
{%- endmacro %}

{% macro default__index_on(relation, columns) -%}
{%- endmacro %}

{# PostgreSQL reads the whole table to update the rows of one batch. A name of its own choice is not that of the table's last version. #}
{% macro postgres__index_on(relation, columns) -%}
    {%- if execute and not has_index(relation, columns) -%}
        create index on {{ relation }} ({{ columns | join(', ') }})
    {%- endif -%}
{%- endmacro %}
