{#-
    The lower or upper end of the 95 % interval of a rate of rows, whose rows belong to fewer leads: Wilson's interval, with as many
    rows as would be worth as much if each were a lead of its own. That number comes from the spread of the rate among leads: the sums
    over leads of (won rows)^2, won rows x rows, and rows^2 (`won_won`, `won_rows`, `rows_rows`).
    Sources: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927); Korn and Graubard,
    "Confidence intervals for proportions with small expected number of positive counts estimated from survey data", Survey
    Methodology 24 (1998).
-#}
{% macro rate_bound(won_count, row_count, lead_count, won_won, won_rows, rows_rows, bound) -%}
    {%- set rate = 'cast(' ~ won_count ~ ' as double precision) / cast(' ~ row_count ~ ' as double precision)' -%}
    {%- set spread -%}
        (cast({{ won_won }} as double precision) - 2 * ({{ rate }}) * cast({{ won_rows }} as double precision)
        + ({{ rate }}) * ({{ rate }}) * cast({{ rows_rows }} as double precision))
    {%- endset -%}
    {#- without a spread between the leads each of them counts once -#}
    {%- set size -%}
        case
            when {{ won_count }} = 0 or {{ won_count }} = {{ row_count }} or {{ lead_count }} < 2 then {{ lead_count }}
            else least(
                cast({{ row_count }} as double precision),
                ({{ rate }}) * (1 - ({{ rate }})) * cast({{ row_count }} as double precision) * {{ row_count }}
                / greatest({{ spread }} * {{ lead_count }} / ({{ lead_count }} - 1), 1e-9)
            )
        end
    {%- endset -%}
    (
        select cast(greatest(least(
            (
                wilson.rate + 1.9207294 / wilson.size
                {{ '-' if bound == 'low' else '+' }} 1.959964
                * sqrt(wilson.rate * (1 - wilson.rate) / wilson.size + 0.9603647 / (wilson.size * wilson.size))
            ) / (1 + 3.8414588 / wilson.size), 1), 0) as numeric(5, 4))
        from (select {{ rate }} as rate, {{ size }} as size) as wilson
    )
{%- endmacro %}
