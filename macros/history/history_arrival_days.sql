{#- Days after a day's end by which its activities have arrived, from the var history_arrival_days: a whole number from 0 up. -#}
{% macro history_arrival_days() -%}
    {%- set days = var('history_arrival_days', 0) | int(-1) -%}
    {%- if days < 0 -%}
        {{ exceptions.raise_compiler_error('The var history_arrival_days is "' ~ var('history_arrival_days') ~ '". It must be a whole number from 0 up.') }}
    {%- endif -%}
    {{ return(days) }}
{%- endmacro %}
