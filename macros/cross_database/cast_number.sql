{#- A well-formed decimal text as numeric(38, 10), rounded half away from zero; null when it does not fit. -#}
{% macro cast_number(text) -%}
    {{ adapter.dispatch('cast_number', 'lead_scoring')(text) }}
{%- endmacro %}

{# DuckDB lets some numbers of 29 digits through as numeric(38, 10): the range is tested with one decimal less. #}
{% macro default__cast_number(text) -%}
    case
        when abs(try_cast({{ text }} as numeric(38, 9))) < cast('1e28' as numeric(38, 9))
            then try_cast({{ text }} as numeric(38, 10))
    end
{%- endmacro %}

{# PostgreSQL has no try_cast: its unbounded numeric takes every such text, and the range is tested before the precision is set. #}
{% macro postgres__cast_number(text) -%}
    case
        when abs(round(cast({{ text }} as numeric), 10)) < 1e28
            then cast(round(cast({{ text }} as numeric), 10) as numeric(38, 10))
    end
{%- endmacro %}
