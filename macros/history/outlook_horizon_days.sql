{#- How many days ahead thresholds are followed, from the var outlook_horizon_days: a whole number from 1 up. -#}
{% macro outlook_horizon_days() -%}
    {%- set days = var('outlook_horizon_days', 90) | int(-1) -%}
    {%- if days < 1 -%}
        {{ exceptions.raise_compiler_error('The var outlook_horizon_days is "' ~ var('outlook_horizon_days') ~ '". It must be a whole number from 1 up.') }}
    {%- endif -%}
    {{ return(days) }}
{%- endmacro %}
