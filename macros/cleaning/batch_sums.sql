{#-
    The query of the batches of some raw rows of activities, which a from clause gives: how many rows, how many of them do not
    say when they were loaded, and a sum of their hashes.
-#}
{% macro batch_sums(columns, raw_rows) -%}
    {%- set says_no_day = arrival_columns(columns) | map(attribute='says_no_day') | list -%}
    select
        batch,
        cast(count(*) as bigint) as row_count,
        cast(count(case when is_load_undated then 1 end) as bigint) as undated_load_count,
        {{ rows_fingerprint(activity_columns() | select('in', columns) | list) }} as rows_fingerprint

    from (
        select
            {%- for name in activity_columns() if name in columns %}
            {{ adapter.quote(columns[name]['name']) }} as {{ name }},
            {%- endfor %}
            {{ says_no_day[0] if says_no_day else 'true' }} as is_load_undated,
            {{ arrival_batch(columns) }} as batch

        {{ raw_rows | indent(8) }}
    ) as raw_activities

    group by batch
{%- endmacro %}
