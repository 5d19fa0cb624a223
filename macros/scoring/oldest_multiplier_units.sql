{#-
    An aggregate: the multiplier of the oldest of some activities. Ages stand in front of multipliers, which have nine digits
    at most, so that the largest number is that of the oldest one.
-#}
{% macro oldest_multiplier_units(age_days, multiplier_units) -%}
    mod(max(cast({{ age_days }} as bigint) * 1000000000 + {{ multiplier_units }}), 1000000000)
{%- endmacro %}
