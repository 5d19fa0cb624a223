{#-
    An aggregate, as text, that differs when any value of any row differs, whatever the order of the rows. It is compared
    only with what the same engine gave earlier: an engine that hashes otherwise than yesterday causes work, not errors.
-#}
{% macro rows_fingerprint(columns) -%}
    {{ adapter.dispatch('rows_fingerprint', 'lead_scoring')(columns) }}
{%- endmacro %}

{% macro default__rows_fingerprint(columns) -%}
    cast(sum(cast(hash({{ columns | join(', ') }}) as numeric(38, 0))) as text)
{%- endmacro %}

{# DuckDB's hash is an unsigned whole number of 64 bits. #}
{% macro duckdb__rows_fingerprint(columns) -%}
    cast(sum(cast(hash({{ columns | join(', ') }}) as hugeint)) as text)
{%- endmacro %}

{# PostgreSQL hashes one text; that of a row keeps nulls and empty texts apart. #}
{% macro postgres__rows_fingerprint(columns) -%}
    cast(sum(hashtextextended(cast(row({{ columns | join(', ') }}) as text), 0)) as text)
{%- endmacro %}
