{#-
    The day the scores are for, as a date: the var scoring_date, or the environment variable LEAD_SCORING_DATE, or today in UTC,
    taken once a run. When a var is another one than before, dbt reads all files of the project anew; the environment is only
    looked at when a model is built, so that dbt does not do so.
-#}
{% macro scoring_date() -%}
    {%- set asked = env_var('LEAD_SCORING_DATE', '') if execute else '' -%}
    cast('{{ day_var('scoring_date', asked or run_started_at.strftime('%Y-%m-%d'), 'LEAD_SCORING_DATE') }}' as date)
{%- endmacro %}
