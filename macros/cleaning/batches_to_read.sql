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

    -- each batch has a fingerprint of its own
    left join ({{ distinct_values(this, 'batch_fingerprint') }}) as batches_held
        on batches.fingerprint = batches_held.batch_fingerprint

    where batches_held.batch_fingerprint is null
    {%- endif %}
{%- endmacro %}
