{#- Text with every match of the regular expression `pattern` replaced; `replacement` is an expression, `\1` in it the first group. -#}
{% macro replace_pattern(text, pattern, replacement) -%}
    {{ adapter.dispatch('replace_pattern', 'lead_scoring')(text, pattern, replacement) }}
{%- endmacro %}

{# Without the flag, DuckDB and PostgreSQL replace the first match only. #}
{% macro default__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', {{ replacement }}, 'g')
{%- endmacro %}
