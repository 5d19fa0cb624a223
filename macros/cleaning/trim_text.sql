{#- Text without blanks at its ends; null when nothing is left. -#}
{% macro trim_text(text) -%}
    {%- set blanks = "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160)" -%}
    nullif(ltrim(rtrim({{ text }}, {{ blanks }}), {{ blanks }}), '')
{%- endmacro %}
