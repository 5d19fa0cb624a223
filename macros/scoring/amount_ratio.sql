{#-
    The ratio of two amounts with at most two decimals, to `decimals` decimals, half away from zero: exact on every engine. Null
    when the denominator is not positive, and when an amount has more than 30 digits before the point.
-#}
{% macro amount_ratio(numerator, denominator, decimals) -%}
    {%- set cents = [] -%}
    {%- for amount in [numerator, denominator] -%}
        {%- do cents.append('cast(cast(' ~ amount ~ ' as numeric(38, 2)) * 100 as numeric(38, 0))') -%}
    {%- endfor -%}
    case
        when
            {{ denominator }} > 0
            and {{ denominator }} < cast('1e30' as numeric(38, 2))
            and abs({{ numerator }}) < cast('1e30' as numeric(38, 2))
            then
                cast(
                    (case when {{ numerator }} < 0 then -1 else 1 end)
                    * {{ large_whole_quotient(
                        '(' ~ (2 * 10 ** decimals) ~ ' * abs(' ~ cents[0] ~ ') + ' ~ cents[1] ~ ')',
                        '(2 * ' ~ cents[1] ~ ')'
                    ) }} as numeric(38, 0)
                )
                * cast(0.{{ '0' * (decimals - 1) }}1 as numeric({{ decimals + 1 }}, {{ decimals }}))
    end
{%- endmacro %}
