{#- The statement that takes what was delivered of a lead out of its receipts, once sync_lead_scores no longer says anything of it. -#}
{% macro forget_delivered_values() -%}
    update {{ this }}
    set row_hash = null, error = null
    where
        (row_hash is not null or error is not null)
        and lead_id not in (select lead_id from {{ ref('sync_lead_scores') }} where operation = 'upsert')
{%- endmacro %}
