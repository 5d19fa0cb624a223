{#-
    The share of its points that an activity keeps after `age_days` whole days: half after each half-life. After 60
    half-lives the share is 0 to any number of decimals that is kept, and PostgreSQL would raise an underflow later on.
-#}
{% macro half_life_multiplier(age_days, half_life_days) -%}
    power(
        cast(0.5 as double precision),
        least(cast({{ age_days }} as double precision) / {{ half_life_days }}, cast(60 as double precision))
    )
{%- endmacro %}
