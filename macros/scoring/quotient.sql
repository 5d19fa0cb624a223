{#- A quotient to ten decimals, so that sums of quotients are the same in any order and on every engine. Not for a denominator of 0. -#}
{% macro quotient(numerator, denominator) -%}
    cast(cast({{ numerator }} as double precision) / cast({{ denominator }} as double precision) as numeric(38, 10))
{%- endmacro %}
