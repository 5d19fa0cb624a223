{#- Points with four decimals, from a whole number of ten-thousandths. -#}
{% macro points_of_units(point_units) -%}
    cast(cast({{ point_units }} as numeric(14, 0)) * cast(0.0001 as numeric(4, 4)) as numeric(18, 4))
{%- endmacro %}
