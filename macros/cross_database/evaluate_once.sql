{#-
    What stands at the end of a subquery so that its expressions are evaluated once a row, however often the query around it
    names them; empty where the engine does so anyway.
-#}
{% macro evaluate_once() -%}
    {{ adapter.dispatch('evaluate_once', 'lead_scoring')() }}
{%- endmacro %}

{% macro default__evaluate_once() -%}
{%- endmacro %}

{# PostgreSQL writes a subquery's expressions into every place that names them, unless it has an offset. #}
{% macro postgres__evaluate_once() -%}
    offset 0
{%- endmacro %}
