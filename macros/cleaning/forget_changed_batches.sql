{#- The statement that removes the rows of batches that are no longer what they were; empty for a full refresh. -#}
{% macro forget_changed_batches() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            batch_fingerprint is null
            or batch_fingerprint not in (select fingerprint from {{ ref('stg_activity_batches') }})
    {%- endif -%}
{%- endmacro %}
