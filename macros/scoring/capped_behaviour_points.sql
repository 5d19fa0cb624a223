{#-
    What a behaviour rule gives: every counted activity earns points and repeat points, but the oldest one no repeat points;
    then the rule's own cap, in size, and one rounding to 4 decimals, half away from zero. `multiplier_units` is the sum over
    all counted activities, `oldest_multiplier_units` the multiplier of the oldest one.
-#}
{% macro capped_behaviour_points(rule, multiplier_units, oldest_multiplier_units) -%}
    {%- set points -%}
        ({{ decayed_points(rule ~ '.points + ' ~ rule ~ '.repeat_points', multiplier_units) }}
        - {{ decayed_points(rule ~ '.repeat_points', oldest_multiplier_units) }})
    {%- endset -%}
    cast(
        round(
            case
                when {{ rule }}.max_points is null then {{ points }}
                else least(greatest({{ points }}, -{{ rule }}.max_points), {{ rule }}.max_points)
            end,
            4
        ) as numeric(18, 4)
    )
{%- endmacro %}
