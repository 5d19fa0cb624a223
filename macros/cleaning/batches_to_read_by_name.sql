{#-
    The batches that batches_to_read gives, as a mapping from their names to their fingerprints; none where that is all of them,
    as it is after a change of the cleaning, or nothing is to be executed.
-#}
{% macro batches_to_read_by_name() -%}
    {%- if not execute or not is_incremental() -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set found = run_query(
        'with batches as (select * from ' ~ ref('stg_activity_batches') ~ '), '
        ~ 'to_read as (' ~ batches_to_read() ~ ') '
        ~ 'select batch, fingerprint, (select count(*) from batches) as batch_count from to_read'
    ) -%}
    {%- if found and found.rows | length == found.rows[0]['batch_count'] -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set fingerprints = {} -%}
    {%- for row in found.rows -%}
        {%- do fingerprints.update({row['batch']: row['fingerprint']}) -%}
    {%- endfor -%}
    {{ return(fingerprints) }}
{%- endmacro %}
