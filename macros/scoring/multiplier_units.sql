{#-
    A multiplier between 0 and 1 as a whole number of hundred-millionths: 8 decimals, half rounded up. Whole numbers are
    what every engine adds fast and exactly.
-#}
{% macro multiplier_units(multiplier) -%}
    cast(floor(cast({{ multiplier }} as double precision) * 100000000 + 0.5) as integer)
{%- endmacro %}
