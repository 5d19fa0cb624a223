{#- Points for people: one decimal, half away from zero, and none when it is 0: 24.6, 20, -10. -#}
{% macro points_text(points) -%}
    regexp_replace(cast(cast(round({{ points }}, 1) as numeric(18, 1)) as text), '[.]0$', '')
{%- endmacro %}
