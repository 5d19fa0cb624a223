{#-
    The query of the batches whose rows a model has yet to read, or to read again, from the step `batches`: all of them for
    a full refresh, else those that the model does not hold with the same fingerprint.
-#}
{% macro batches_to_read() -%}
    select
        batches.batch,
        batches.fingerprint

    from batches
    {%- if is_incremental() %}

    left join (select distinct batch, batch_fingerprint from {{ this }}) as batches_read
        on batches.batch = batches_read.batch
        and batches.fingerprint = batches_read.batch_fingerprint

    where batches_read.batch is null
    {%- endif %}
{%- endmacro %}
