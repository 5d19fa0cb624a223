{#-
    The names of the batches that batches_to_read gives, as a list; none where that is all of them, as it is after a change of
    the cleaning, or nothing is to be executed.
-#}
{% macro names_of_batches_to_read() -%}
    {%- if not execute or not is_incremental() -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set found = run_query(
        'with batches as (select * from ' ~ ref('stg_activity_batches') ~ '), '
        ~ 'to_read as (' ~ batches_to_read() ~ ') '
        ~ 'select batch, (select count(*) from batches) as batch_count from to_read'
    ) -%}
    {{ return(none if found and found.rows | length == found.rows[0][1] else found.columns[0].values() | list) }}
{%- endmacro %}
