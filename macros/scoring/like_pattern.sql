{#- An asset pattern, in which only `*` is special, as a pattern of `like ... escape '!'`. -#}
{% macro like_pattern(asset_pattern) -%}
    replace(replace(replace(replace({{ asset_pattern }}, '!', '!!'), '%', '!%'), '_', '!_'), '*', '%')
{%- endmacro %}
