{#- An aggregate: the multipliers of some activities added up, given how many there are of each. -#}
{% macro summed_multiplier_units(activity_count, multiplier_units) -%}
    {{ whole_sum('cast(' ~ activity_count ~ ' as bigint) * ' ~ multiplier_units) }}
{%- endmacro %}
