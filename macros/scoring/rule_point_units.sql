{#-
    Columns of int_behaviour_rules as the whole numbers that capped_behaviour_point_units takes: hundredths of points, and
    ten-thousandths for the cap. They are made once for each rule, since making them costs ten times what is done with them.
-#}
{% macro rule_point_units() -%}
    cast((points + repeat_points) * 100 as bigint) as point_units,
    cast(repeat_points * 100 as bigint) as repeat_point_units,
    cast(max_points * 10000 as bigint) as max_point_units
{%- endmacro %}
