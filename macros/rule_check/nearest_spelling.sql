{#- The one of `choices` that `word` was most probably meant to be; none when no choice is near. Case counts for nothing. -#}
{% macro nearest_spelling(word, choices) -%}
    {%- set wanted = word | trim | lower -%}
    {%- set best = namespace(choice=none, distance=[1, [wanted | length // 3, 4] | min] | max + 1) -%}
    {%- for choice in choices if (choice | length - wanted | length) | abs < best.distance -%}
        {%- set distance = edit_distance(wanted, choice | lower) -%}
        {%- if distance < best.distance -%}
            {%- set best.choice = choice -%}
            {%- set best.distance = distance -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(best.choice) }}
{%- endmacro %}
