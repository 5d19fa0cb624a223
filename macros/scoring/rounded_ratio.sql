{#-
    The ratio of two whole numbers to `decimals` decimals, half away from zero: exact on every engine. The denominator must
    be positive.
-#}
{% macro rounded_ratio(numerator, denominator, decimals) -%}
    cast(
        (case when {{ numerator }} < 0 then -1 else 1 end)
        * {{ whole_quotient(
            '(2 * ' ~ (10 ** decimals) ~ ' * abs(cast(' ~ numerator ~ ' as bigint)) + cast(' ~ denominator ~ ' as bigint))',
            '(2 * cast(' ~ denominator ~ ' as bigint))'
        ) }} as numeric(17, 0)
    )
    * cast(0.{{ '0' * (decimals - 1) }}1 as numeric({{ decimals + 1 }}, {{ decimals }}))
{%- endmacro %}
