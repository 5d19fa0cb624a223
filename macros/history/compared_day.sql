{#-
    A query of the day that the scores of this run are compared with, as `observed_on`: the var score_change_from, or the
    last recorded day before the scoring date; null when there is none.
-#}
{% macro compared_day() -%}
    {%- set day = var('score_change_from', '') | string -%}
    {%- if not day -%}
        select max(days.observed_on) as observed_on
        from (
            select recorded_on as observed_on from {{ ref('int_recorded_days') }}
            union all
            select observed_on from {{ ref('int_history_days') }} where is_to_record
        ) as days
        where days.observed_on < {{ scoring_date() }}
    {%- elif modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', day) -%}
        select cast('{{ day }}' as date) as observed_on
        where cast('{{ day }}' as date) < {{ scoring_date() }}
    {%- else -%}
        {{ exceptions.raise_compiler_error('The var score_change_from is "' ~ day ~ '". It must be a day written YYYY-MM-DD, such as 2026-06-23.') }}
    {%- endif -%}
{%- endmacro %}
