{#- The statement that removes the rows of batches that are no longer what they were; empty for a full refresh. -#}
{% macro forget_changed_batches() -%}
    {%- if execute and is_incremental() -%}
        {%- set changed = run_query(
            'select batch_fingerprint from (' ~ distinct_values(this, 'batch_fingerprint') ~ ') as batches_held'
            ~ ' where batch_fingerprint not in (select fingerprint from ' ~ ref('stg_activity_batches') ~ ')'
        ).columns[0].values() -%}
        delete from {{ this }}
        where
            batch_fingerprint is null
            {%- if changed %}
            or batch_fingerprint in ({% for fingerprint in changed %}{{ text_literal(fingerprint) }}{{ ', ' if not loop.last }}{% endfor %})
            {%- endif -%}
    {%- endif -%}
{%- endmacro %}
