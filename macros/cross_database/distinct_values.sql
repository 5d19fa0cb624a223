{#- The query of the different values of a column, nulls left out, of which there are few in a large table. -#}
{% macro distinct_values(relation, column) -%}
    {{ adapter.dispatch('distinct_values', 'lead_scoring')(relation, column) }}
{%- endmacro %}

{% macro default__distinct_values(relation, column) -%}
    select distinct {{ column }} from {{ relation }} where {{ column }} is not null
{%- endmacro %}

{# PostgreSQL reads every row for that, unless it is told to go from one value to the next in an index. #}
{% macro postgres__distinct_values(relation, column) -%}
    {%- if not has_index(relation, [column]) -%}
        {{ default__distinct_values(relation, column) }}
    {%- else -%}
        with recursive

        found_values as (

            select min({{ column }}) as {{ column }} from {{ relation }}

            union all

            select (select min({{ column }}) from {{ relation }} where {{ column }} > found_values.{{ column }})

            from found_values

            where found_values.{{ column }} is not null

        )

        select {{ column }} from found_values where {{ column }} is not null
    {%- endif -%}
{%- endmacro %}
