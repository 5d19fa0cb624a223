{#- The statement after which the planner knows how large a freshly built table is; empty where the engine keeps count itself. -#}
{% macro refresh_statistics(relation) -%}
    {{ adapter.dispatch('refresh_statistics', 'lead_scoring')(relation) }}
{%- endmacro %}

{% macro default__refresh_statistics(relation) -%}
{%- endmacro %}

{#
    PostgreSQL plans joins of new tables for a guessed size until it has analysed them, and then loops for minutes. A third of the
    rows that it looks at by itself are enough, in a third of the time; its own daemon looks at as many as the server says later.
#}
{% macro postgres__refresh_statistics(relation) -%}
    set local default_statistics_target = 30; analyze {{ relation }}
{%- endmacro %}
