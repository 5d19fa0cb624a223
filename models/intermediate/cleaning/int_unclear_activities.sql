-- One row per raw row of activities that cannot be taken as it is: unusable, of an activity with several rows, or of no lead it names; and one per batch.
{#-
    A row that has become clear since does no harm here: it is only looked at more closely. The row of a batch, which has
    neither an id nor a fault, says that the batch has been looked through.
-#}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='activity_id',
    on_schema_change='sync_all_columns',
    pre_hook='{{ forget_changed_batches() }}',
    post_hook='{{ forget_vanished_leads() }}'
) }}
{#- None where every batch is to be read: then there are no older rows to hold the new ones against. -#}
{%- set new_batches = batches_to_read_by_name() %}
{%- set extent = extent_of_batches(new_batches) %}
{%- set columns = [
    'activity_id', 'activity_type', 'occurred_at', 'occurred_on', 'lead_id', 'email_hash', 'asset', 'campaign_id', 'is_bot',
    'loaded_at', 'arrived_on', 'is_bot_text', 'unreadable_occurred_at', 'unreadable_loaded_at', 'rejection_code', 'batch',
    'batch_fingerprint'
] %}
with

batches as (

    select * from {{ ref('stg_activity_batches') }}

),

batches_to_read as (

    {{ batches_to_read() }}

),

leads as (

    select lead_id

    from {{ ref('stg_leads') }}

    where rejection_code is null

),

known_leads as (

    select * from {{ ref('int_known_leads') }}

),

new_activities as (

    select activities.*

    from {{ ref('stg_activities') }} as activities

    -- rows that came after the fingerprints were taken wait for the next run
    inner join batches_to_read
        on activities.batch = batches_to_read.batch
    {%- if new_batches is not none %}

    where {{ of_batches('activities', new_batches) }}

    -- that is all of them, and the engine knows that they are few
    limit {{ extent.row_count }}
    {%- endif %}

),
{%- if new_batches is not none %}

vanished_leads as (

    select known_leads.lead_id

    from known_leads

    left join leads
        on known_leads.lead_id = leads.lead_id

    where leads.lead_id is null

),

-- what a lead that is gone did may be another's by its e-mail
vanished_activities as {{ kept_step() }} (

    select activity_id

    from {{ ref('stg_activities') }}

    where lead_id in (select vanished_leads.lead_id from vanished_leads)

),

-- and a new row may be a second one of any old activity
ids_to_look_for as (

    select activity_id

    from new_activities

    union all

    select activity_id

    from vanished_activities

),
{%- if is_column_store() %}

-- where they have rows: mostly in the newest batches, so that of the other ones no more than the ids is read
batches_to_look_in as {{ kept_step() }} (

    select batch

    from {{ ref('stg_activities') }}

    where
        activity_id between {{ text_literal(extent.lowest_id) }} and {{ text_literal(extent.highest_id) }}
        and activity_id in (select new_activities.activity_id from new_activities)

    union

    select batch

    from {{ ref('stg_activities') }}

    where activity_id in (select vanished_activities.activity_id from vanished_activities)

),

rows_to_look_at as (

    select stg_activities.*

    from {{ ref('stg_activities') }} as stg_activities

    inner join batches_to_look_in
        on stg_activities.batch = batches_to_look_in.batch

),
{%- endif %}

-- all rows of these activities, few of all
activities as {{ kept_step() }} (

    select *

    from {{ 'rows_to_look_at' if is_column_store() else ref('stg_activities') }}

    where activity_id in (select ids_to_look_for.activity_id from ids_to_look_for)

),

usable_ids as (

    select activity_id

    from activities

    where rejection_code is null

),
{%- else %}

-- one step for each reader: one that several read would be written down whole
activities as (

    select *

    from {{ ref('stg_activities') }}

    where activity_id is not null

),

usable_ids as (

    select activity_id

    from {{ ref('stg_activities') }}

    where rejection_code is null

),
{%- endif %}

repeated_ids as (

    select activity_id

    from usable_ids

    group by activity_id

    having count(*) > 1

),

final as (

    select
        {%- for column in columns %}
        activities.{{ column }},
        {%- endfor %}
        activities.rejection_code is null and repeated_ids.activity_id is not null as is_repeated

    from activities

    left join leads
        on activities.lead_id = leads.lead_id

    left join repeated_ids
        on activities.activity_id = repeated_ids.activity_id

    where
        activities.rejection_code is not null
        or leads.lead_id is null
        or repeated_ids.activity_id is not null

    union all

    select
        {%- for column in columns %}
        new_activities.{{ column }},
        {%- endfor %}
        false as is_repeated

    from new_activities

    where new_activities.activity_id is null

    union all

    select
        {%- for column in columns[:-2] %}
        cast(null as {{ {
            'occurred_at': 'timestamp', 'loaded_at': 'timestamp', 'occurred_on': 'date', 'arrived_on': 'date', 'is_bot': 'boolean'
        }.get(column, 'text') }}) as {{ column }},
        {%- endfor %}
        batches_to_read.batch,
        batches_to_read.fingerprint as batch_fingerprint,
        false as is_repeated

    from batches_to_read

)

select * from final
