{#-
    The first and last days of the two periods that score_drift compares, as dates: the var drift_recent_days up to the scoring
    date, and the days from drift_reference_from to drift_reference_to, or the 180 days before the recent ones.
-#}
{% macro drift_periods() -%}
    {%- set recent_days = whole_number_var('drift_recent_days', 30) -%}
    {%- set reference_from = day_var('drift_reference_from') -%}
    {%- set reference_to = day_var('drift_reference_to') -%}
    {%- if (not reference_from) != (not reference_to) or reference_from > reference_to -%}
        {{ exceptions.raise_compiler_error(
            'The vars drift_reference_from and drift_reference_to are "' ~ reference_from ~ '" and "' ~ reference_to
            ~ '". They must be two days, the earlier one first, or both be empty.'
        ) }}
    {%- endif -%}
    {{ return({
        'reference_from': "cast('" ~ reference_from ~ "' as date)" if reference_from else '(' ~ scoring_date() ~ ' - ' ~ (recent_days + 179) ~ ')',
        'reference_to': "cast('" ~ reference_to ~ "' as date)" if reference_to else '(' ~ scoring_date() ~ ' - ' ~ recent_days ~ ')',
        'recent_from': '(' ~ scoring_date() ~ ' - ' ~ (recent_days - 1) ~ ')',
        'recent_to': scoring_date()
    }) }}
{%- endmacro %}
