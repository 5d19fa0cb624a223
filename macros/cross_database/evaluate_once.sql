{#-
    What stands at the end of a subquery so that its expressions are evaluated once a row, however often the query around it
    names them; empty where the engine does so anyway. On PostgreSQL its joins come before those around it, too; DuckDB orders
    joins as it likes, unless a step is kept (`kept_step`).
-#}
{% macro evaluate_once() -%}
    {{ adapter.dispatch('evaluate_once', 'lead_scoring')() }}
{%- endmacro %}

{% macro default__evaluate_once() -%}
{%- endmacro %}

{# PostgreSQL makes one query of both, each expression where it is named and the joins in any order, unless there is an offset. #}
{% macro postgres__evaluate_once() -%}
    offset 0
{%- endmacro %}
