{#- True for the texts true, t, 1, yes and y in any case; false for all else, null included. -#}
{% macro read_boolean(text) -%}
    coalesce(lower({{ text }}) in ('true', 't', '1', 'yes', 'y'), false)
{%- endmacro %}
