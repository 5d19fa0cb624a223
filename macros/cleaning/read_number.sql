{#- The number that a text stands for, to 10 decimals; null when it is none or has more than 28 digits before the point. -#}
{% macro read_number(text) -%}
    cast(
        case
            when {{ matches_pattern(text, '^[+-]?(0*[0-9]{1,28}([.][0-9]*)?|[.][0-9]+)([eE][+-]?0*[0-9]{1,3})?$') }}
                then {{ cast_number(text) }}
        end as numeric(38, 10)
    )
{%- endmacro %}
