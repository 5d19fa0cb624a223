{#- The statement that removes the rows of batches that are no longer what they were; empty for a full refresh. -#}
{% macro forget_changed_batches() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            batch in (
                select rows_held.batch

                from (select distinct batch, batch_fingerprint from {{ this }}) as rows_held

                left join {{ ref('stg_activity_batches') }} as batches
                    on rows_held.batch = batches.batch
                    and rows_held.batch_fingerprint = batches.fingerprint

                where batches.batch is null
            )
    {%- endif -%}
{%- endmacro %}
