{#- True when the regular expression `pattern` is found in `text`. Write it for RE2 and POSIX alike: [0-9], not \d. -#}
{% macro matches_pattern(text, pattern) -%}
    {{ adapter.dispatch('matches_pattern', 'lead_scoring')(text, pattern) }}
{%- endmacro %}

{% macro default__matches_pattern(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{# PostgreSQL's regexp_matches returns rows; the test for a match is an operator. #}
{% macro postgres__matches_pattern(text, pattern) -%}
    ({{ text }} ~ '{{ pattern }}')
{%- endmacro %}
