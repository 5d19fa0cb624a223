{#- How many days without a run the next run makes up for, from the var history_skipped_days: a whole number from 0 up. -#}
{% macro max_skipped_days() -%}
    {%- set days = var('history_skipped_days', 31) | int(-1) -%}
    {%- if days < 0 -%}
        {{ exceptions.raise_compiler_error('The var history_skipped_days is "' ~ var('history_skipped_days') ~ '". It must be a whole number from 0 up.') }}
    {%- endif -%}
    {{ return(days) }}
{%- endmacro %}
