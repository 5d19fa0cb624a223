{#- The day the scores are for, as a date: the var scoring_date, or today in UTC, taken once a run. -#}
{% macro scoring_date() -%}
    cast('{{ day_var('scoring_date', run_started_at.strftime('%Y-%m-%d')) }}' as date)
{%- endmacro %}
