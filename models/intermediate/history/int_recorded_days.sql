-- One row per day that lead_score_history has recorded, with the rules that were in force when it was.
{#- The history itself writes the rows, in the transaction in which it writes its own: the two cannot disagree. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    pre_hook='{{ forget_days_without_history() }}'
) }}
with

final as (

    select
        cast(null as date) as recorded_on,
        cast(null as text) as rules_version

    where false

)

select * from final
