{#- The statement that makes the planner expect many rows in every step of a model; empty where the engine measures as it goes. -#}
{% macro plan_for_many_rows() -%}
    {{ adapter.dispatch('plan_for_many_rows', 'lead_scoring')() }}
{%- endmacro %}

{% macro default__plan_for_many_rows() -%}
{%- endmacro %}

{#
    PostgreSQL takes columns that belong together for independent, expects one row of a join of millions, and loops for
    minutes, or merges by one of several columns, which is no better. A hash join takes all of them. Compiling the queries
    would take longer than it saves.
#}
{% macro postgres__plan_for_many_rows() -%}
    set local enable_nestloop = off; set local enable_mergejoin = off; set local jit = off
{%- endmacro %}
