{#- The quotient of two whole numbers without its remainder, cut towards zero. -#}
{% macro whole_quotient(numerator, denominator) -%}
    {{ adapter.dispatch('whole_quotient', 'lead_scoring')(numerator, denominator) }}
{%- endmacro %}

{% macro default__whole_quotient(numerator, denominator) -%}
    divide({{ numerator }}, {{ denominator }})
{%- endmacro %}

{# PostgreSQL divides whole numbers with a single stroke and has no double one. #}
{% macro postgres__whole_quotient(numerator, denominator) -%}
    (({{ numerator }}) / ({{ denominator }}))
{%- endmacro %}
