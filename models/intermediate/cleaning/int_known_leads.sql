-- One row per lead_id that activities have been held against: of every lead that there is, and of those gone since the last run.
{#-
    Those gone are taken out once int_unclear_activities has looked at their activities again. A full refresh keeps them until
    then, and a table that is made anew holds whatever lead an activity names: too many do no harm, too few would.
-#}
{{ config(materialized='incremental', incremental_strategy='append', full_refresh=false) }}
with

leads as (

    select lead_id

    from {{ ref('stg_leads') }}

    where rejection_code is null

),

final as (
    {%- if is_incremental() %}

    select leads.lead_id

    from leads

    left join {{ this }} as known_leads
        on leads.lead_id = known_leads.lead_id

    where known_leads.lead_id is null
    {%- else %}

    select lead_id from leads

    union

    select activities.lead_id

    from {{ ref('stg_activities') }} as activities

    left join leads
        on activities.lead_id = leads.lead_id

    where
        activities.lead_id is not null
        and leads.lead_id is null
    {%- endif %}

)

select * from final
