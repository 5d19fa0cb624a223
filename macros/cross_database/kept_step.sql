{#- What stands behind `as` of a step that several later steps read, so that it is computed once; empty where the engine does so anyway. -#}
{% macro kept_step() -%}
    {{ adapter.dispatch('kept_step', 'lead_scoring')() }}
{%- endmacro %}

{% macro default__kept_step() -%}
{%- endmacro %}

{# DuckDB would compute the step again for each of its readers. #}
{% macro duckdb__kept_step() -%}
    materialized
{%- endmacro %}
