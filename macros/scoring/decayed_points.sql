{#- Points times a sum of multipliers in multiplier_units, exact to 10 decimals and more. -#}
{% macro decayed_points(points, multiplier_units) -%}
    cast({{ points }} as numeric(12, 2)) * (cast({{ multiplier_units }} as numeric(17, 0)) * cast(0.00000001 as numeric(9, 8)))
{%- endmacro %}
