{#- The statement that takes what was delivered of a lead out of its receipts, once sync_lead_scores no longer says anything of it. -#}
{% macro forget_delivered_values() -%}
    update {{ this }}
    set row_hash = null, error = null
    where
        (row_hash is not null or error is not null)
        and not exists (
            select 1
            from {{ ref('sync_lead_scores') }} as said
            where said.lead_id = {{ this.identifier }}.lead_id and said.operation = 'upsert'
        )
{%- endmacro %}
