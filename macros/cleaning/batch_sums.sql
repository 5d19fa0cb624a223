{#-
    The query of the batches of some raw rows of activities, which a from clause gives: how many rows, and a sum of their hashes.
-#}
{% macro batch_sums(columns, raw_rows) -%}
    select
        batch,
        cast(count(*) as bigint) as row_count,
        {{ rows_fingerprint(activity_columns() | select('in', columns) | list) }} as rows_fingerprint

    from (
        select
            {%- for name in activity_columns() if name in columns %}
            {{ adapter.quote(columns[name]['name']) }} as {{ name }},
            {%- endfor %}
            {{ arrival_batch(columns) }} as batch

        {{ raw_rows | indent(8) }}
    ) as raw_activities

    group by batch
{%- endmacro %}
