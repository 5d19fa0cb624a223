-- One row per destination and lead that was sent there: how its last delivery went. Written by scripts/push_scores.py.
-- depends_on: {{ ref('sync_lead_scores') }}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    post_hook=["{{ forget_delivered_values() }}", "{{ index_on(this, ['destination', 'lead_id']) }}"]
) }}
with

no_deliveries as (

    select
        cast(null as text) as destination,
        cast(null as text) as lead_id,
        cast(null as text) as operation,
        cast(null as text) as row_hash,
        cast(null as text) as fields_hash,
        cast(null as text) as status,
        cast(null as timestamp) as attempted_at,
        cast(null as timestamp) as delivered_at,
        cast(null as integer) as attempt_count,
        cast(null as text) as error

    where false

)

select * from no_deliveries
