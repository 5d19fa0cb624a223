{#- Points in a cell of a rule file as an exact decimal; null when the cell is empty. -#}
{% macro read_points(cell) -%}
    cast({{ read_number(trim_text(cell)) }} as numeric(18, 4))
{%- endmacro %}
