-- One row per batch of raw activities and activity_id in it that has, or had, more than one row; and per batch one without an id.
{#-
    An id that is no longer repeated does no harm here: it is only looked at more closely. The row without an id says that
    the batch has been looked through.
-#}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='batch',
    pre_hook='{{ forget_vanished_batches() }}'
) }}
with

batches as (

    select * from {{ ref('stg_activity_batches') }}

),

batches_to_read as (

    {{ batches_to_read() }}

),

ids_to_look_for as (

    select
        activities.activity_id,
        activities.batch,
        activities.batch_fingerprint

    from {{ ref('stg_activities') }} as activities

    -- rows that came after the fingerprints were taken wait for the next run
    inner join batches_to_read
        on activities.batch = batches_to_read.batch

    where activities.rejection_code is null

),

-- a step of its own: one that two others read would be written down whole
activities as (

    select activity_id

    from {{ ref('stg_activities') }}

    where rejection_code is null

),

-- an id of a batch may be repeated in any other batch; later runs look for the few new ids only
repeated_ids as (

    select activities.activity_id

    from activities
    {%- if is_incremental() %}

    where activities.activity_id in (select ids_to_look_for.activity_id from ids_to_look_for)
    {%- endif %}

    group by activities.activity_id

    having count(*) > 1

),

final as (

    select distinct
        ids_to_look_for.activity_id,
        ids_to_look_for.batch,
        ids_to_look_for.batch_fingerprint

    from ids_to_look_for

    -- an id that occurs once is not repeated
    inner join repeated_ids
        on ids_to_look_for.activity_id = repeated_ids.activity_id

    union all

    select
        cast(null as text) as activity_id,
        batch,
        fingerprint as batch_fingerprint

    from batches_to_read

)

select * from final
