{#- A query of the whole numbers from 1 to the number that the query `last` gives, as the column `number`. -#}
{% macro whole_numbers(last) -%}
    {{ adapter.dispatch('whole_numbers', 'lead_scoring')(last) }}
{%- endmacro %}

{% macro default__whole_numbers(last) -%}
    select cast(numbers.number as integer) as number

    from range(1, (select coalesce(({{ last }}), 0)) + 1) as numbers (number)
{%- endmacro %}

{# PostgreSQL's series includes its end. #}
{% macro postgres__whole_numbers(last) -%}
    select cast(numbers.number as integer) as number

    from generate_series(1, (select coalesce(({{ last }}), 0))) as numbers (number)
{%- endmacro %}
