{#- An aggregate: the multipliers of some activities added up, given how many there are of each. -#}
{% macro summed_multiplier_units(activity_count, multiplier_units) -%}
    cast(sum(cast({{ activity_count }} as bigint) * {{ multiplier_units }}) as bigint)
{%- endmacro %}
