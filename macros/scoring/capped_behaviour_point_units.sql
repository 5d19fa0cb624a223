{#-
    What a behaviour rule gives, in ten-thousandths of a point: every counted activity earns points and repeat points, but the
    oldest one no repeat points; then one rounding to 4 decimals, half away from zero, and the rule's own cap, in size. `rule`
    has the columns of rule_point_units, `multiplier_units` is the sum over all counted activities, `oldest_multiplier_units`
    the multiplier of the oldest one. All of it is done in whole numbers, which hold up to 900 million points before the cap.
-#}
{% macro capped_behaviour_point_units(rule, multiplier_units, oldest_multiplier_units) -%}
    {%- set units -%}
        ({{ rule }}.point_units * {{ multiplier_units }} - {{ rule }}.repeat_point_units * {{ oldest_multiplier_units }})
    {%- endset -%}
    {#- a quotient of whole numbers is cut towards zero -#}
    {%- set rounded = whole_quotient(units ~ ' + case when ' ~ units ~ ' < 0 then -500000 else 500000 end', '1000000') -%}
    case
        when {{ rule }}.max_point_units is null then {{ rounded }}
        else least(greatest({{ rounded }}, -{{ rule }}.max_point_units), {{ rule }}.max_point_units)
    end
{%- endmacro %}
