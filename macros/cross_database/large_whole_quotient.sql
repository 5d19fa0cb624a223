{#- The quotient of two whole numbers, given as decimals of up to 38 digits, without its remainder. -#}
{% macro large_whole_quotient(numerator, denominator) -%}
    {{ adapter.dispatch('large_whole_quotient', 'lead_scoring')(numerator, denominator) }}
{%- endmacro %}

{# DuckDB makes a float of the quotient of two decimals. #}
{% macro default__large_whole_quotient(numerator, denominator) -%}
    divide(cast({{ numerator }} as hugeint), cast({{ denominator }} as hugeint))
{%- endmacro %}

{# PostgreSQL has no whole number of more than 64 bits, and a function of its own for decimals. #}
{% macro postgres__large_whole_quotient(numerator, denominator) -%}
    div({{ numerator }}, {{ denominator }})
{%- endmacro %}
