{#- The multiplier of a linear curve, 1 - age / window, as multiplier_units: exact, since the fraction is formed last. -#}
{% macro linear_multiplier_units(age_days, window_days) -%}
    cast(
        floor(
            cast({{ window_days }} - {{ age_days }} as double precision) * 100000000
            / cast({{ window_days }} as double precision)
            + 0.5
        ) as integer
    )
{%- endmacro %}
