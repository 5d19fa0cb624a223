{#-
    How many rows the activities of some batches have, and between which ids they lie, as a mapping of `row_count`, `lowest_id` and
    `highest_id`. Written into a query, an engine that would not guess that these are few learns it from them, and where ids grow
    with time, one that knows which values lie where need not even look at most other rows.
-#}
{% macro extent_of_batches(batches) -%}
    {%- if not execute or not batches -%}
        {{ return({'row_count': 0, 'lowest_id': none, 'highest_id': none}) }}
    {%- endif -%}
    {%- set extent_query -%}
        select
            count(*) as row_count,
            min(activity_id) as lowest_id,
            max(activity_id) as highest_id

        from {{ ref('stg_activities') }} as stg_activities

        where {{ of_batches('stg_activities', batches) }}
    {%- endset -%}
    {{ return(run_query(extent_query).rows[0]) }}
{%- endmacro %}
