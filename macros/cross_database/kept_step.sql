{#-
    What stands behind `as` of a step that is computed once and before the steps that read it: because several do, or because
    the engine would choose a worse order for its joins; empty where the engine does so anyway.
-#}
{% macro kept_step() -%}
    {{ adapter.dispatch('kept_step', 'lead_scoring')() }}
{%- endmacro %}

{% macro default__kept_step() -%}
{%- endmacro %}

{# DuckDB would compute the step again for each of its readers. #}
{% macro duckdb__kept_step() -%}
    materialized
{%- endmacro %}
