{#- The statement that lets a few rows of a large table be found by some columns; empty where the engine finds them as fast without. -#}
{% macro index_on(relation, columns) -%}
    {{ adapter.dispatch('index_on', 'lead_scoring')(relation, columns) }}
{%- endmacro %}

{% macro default__index_on(relation, columns) -%}
{%- endmacro %}

{#
    PostgreSQL reads the whole table to update the rows of one batch. It names the index itself: a name that is given may be that
    of an index of the table's last version, which a full refresh drops later.
#}
{% macro postgres__index_on(relation, columns) -%}
    {%- if execute and not has_index(relation, columns) -%}
        create index on {{ relation }} ({{ columns | join(', ') }})
    {%- endif -%}
{%- endmacro %}
