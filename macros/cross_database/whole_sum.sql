{#- An aggregate: the sum of whole numbers as bigint, exact up to 2^53. -#}
{% macro whole_sum(number) -%}
    {{ adapter.dispatch('whole_sum', 'lead_scoring')(number) }}
{%- endmacro %}

{% macro default__whole_sum(number) -%}
    cast(sum({{ number }}) as bigint)
{%- endmacro %}

{# PostgreSQL adds bigints up as decimals, which take a multiple of the room, so that large groupings go to disk. #}
{% macro postgres__whole_sum(number) -%}
    cast(sum(cast({{ number }} as double precision)) as bigint)
{%- endmacro %}
