{#- The timestamp that a text in one of the commonest forms stands for, such as 2026-06-30 14:05:00; null for every other text. -#}
{% macro plain_timestamp(text) -%}
    {{ adapter.dispatch('plain_timestamp', 'lead_scoring')(text) }}
{%- endmacro %}

{% macro default__plain_timestamp(text) -%}
    case
        when {{ matches_pattern(
            text,
            '^([1-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]) ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$'
        ) }}
            then cast({{ text }} as timestamp)
    end
{%- endmacro %}

{# DuckDB reads and writes timestamps faster than it searches: a text that comes back as it was is well formed. #}
{% macro duckdb__plain_timestamp(text) -%}
    {%- set without_letters = "replace(left(" ~ text ~ ", 19), 'T', ' ')" -%}
    case
        when length({{ text }}) = 19 and cast(try_cast({{ text }} as timestamp) as text) = {{ text }}
            then try_cast({{ text }} as timestamp)
        when
            (length({{ text }}) = 19 or (length({{ text }}) = 20 and ends_with({{ text }}, 'Z')))
            and ({{ text }})[11] in ('T', ' ')
            and cast(try_cast({{ without_letters }} as timestamp) as text) = {{ without_letters }}
            then try_cast({{ without_letters }} as timestamp)
    end
{%- endmacro %}
