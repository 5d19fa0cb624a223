{#-
    Whether all rows of some batches say in the first of the arrival columns on which day they came: then none of them has to be
    looked for by the others, wherever it may lie.
-#}
{% macro say_when_loaded(batches) -%}
    {%- if not execute or not batches -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set undated_query -%}
        select coalesce(sum(undated_load_count), 0) as undated_load_count

        from {{ ref('stg_activity_batches') }}

        where batch in ({% for batch in batches %}{{ text_literal(batch) }}{{ ', ' if not loop.last }}{% endfor %})
    {%- endset -%}
    {{ return(run_query(undated_query).rows[0]['undated_load_count'] == 0) }}
{%- endmacro %}
