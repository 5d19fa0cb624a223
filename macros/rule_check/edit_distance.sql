{#- How many letters must be put in, left out or replaced to turn one text into the other (Levenshtein's distance). -#}
{% macro edit_distance(one, other) -%}
    {%- set distances = namespace(row=range(other | length + 1) | list) -%}
    {%- for letter in one -%}
        {%- set above = distances.row -%}
        {%- set row = [loop.index] -%}
        {%- for other_letter in other -%}
            {%- set replaced = above[loop.index0] + (0 if letter == other_letter else 1) -%}
            {%- do row.append([replaced, above[loop.index] + 1, row[loop.index0] + 1] | min) -%}
        {%- endfor -%}
        {%- set distances.row = row -%}
    {%- endfor -%}
    {{ return(distances.row[-1]) }}
{%- endmacro %}
