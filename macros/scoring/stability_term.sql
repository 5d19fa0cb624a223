{#-
    What one category adds to the population stability index, exact to 12 decimals: (recent share - reference share) times the
    natural logarithm of recent share / reference share (N. Siddiqi, Credit Risk Scorecards, 2006). Half a member is added to
    each category, so that one without members in a period has a share, too.
-#}
{% macro stability_term(reference_count, reference_total, recent_count, recent_total, category_count) -%}
    {%- set shares = [] -%}
    {%- for count, total in [(reference_count, reference_total), (recent_count, recent_total)] -%}
        {%- do shares.append(
            '((cast(' ~ count ~ ' as double precision) + 0.5) / (cast(' ~ total ~ ' as double precision) + 0.5 * ' ~ category_count ~ '))'
        ) -%}
    {%- endfor -%}
    cast(
        ({{ shares[1] }} - {{ shares[0] }})
        * ln({{ shares[1] }} / {{ shares[0] }}) as numeric(38, 12)
    )
{%- endmacro %}
