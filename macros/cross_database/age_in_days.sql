{#- Whole UTC days from the day `happened_on` to the day `scoring_date`, both dates; negative when it has yet to happen. -#}
{% macro age_in_days(happened_on, scoring_date) -%}
    ({{ scoring_date }} - {{ happened_on }})
{%- endmacro %}
