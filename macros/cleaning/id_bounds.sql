{#-
    Between which ids those of the activities of some batches lie, as a mapping of `lowest` and `highest`, null for no ids: where
    ids grow with time, an engine that knows which values lie where need not even look at most other rows.
-#}
{% macro id_bounds(batches) -%}
    {%- if not execute or not batches -%}
        {{ return({'lowest': none, 'highest': none}) }}
    {%- endif -%}
    {%- set bounds_query -%}
        select
            min(activity_id) as lowest,
            max(activity_id) as highest

        from {{ ref('stg_activities') }}

        where batch in ({% for batch in batches %}{{ text_literal(batch) }}{{ ', ' if not loop.last }}{% endfor %})
    {%- endset -%}
    {%- set found = run_query(bounds_query).rows[0] -%}
    {{ return({'lowest': found['lowest'], 'highest': found['highest']}) }}
{%- endmacro %}
