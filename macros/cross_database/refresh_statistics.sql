{#- The statement after which the planner knows how large a freshly built table is; empty where the engine keeps count itself. -#}
{% macro refresh_statistics(relation) -%}
    {{ adapter.dispatch('refresh_statistics', 'lead_scoring')(relation) }}
{%- endmacro %}

{% macro default__refresh_statistics(relation) -%}
{%- endmacro %}

{# PostgreSQL plans joins of new tables for a guessed size until it has analysed them, and then loops for minutes. #}
{% macro postgres__refresh_statistics(relation) -%}
    analyze {{ relation }}
{%- endmacro %}
