-- One row per batch of raw activities, those that arrived on one day: how many rows it has, and a fingerprint of all that they say.
{%- set columns = raw_columns(
    source('crm', 'activities'), ['activity_id', 'activity_type', 'occurred_at', 'lead_id or email']
) %}
with

raw_activities as (

    select
        {%- for name in activity_columns() if name in columns %}
        {{ adapter.quote(columns[name]['name']) }} as {{ name }},
        {%- endfor %}
        {{ arrival_batch(columns) }} as batch

    {{ from_raw(source('crm', 'activities'), columns) }}

),

summed as (

    select
        batch,
        cast(count(*) as bigint) as row_count,
        {{ rows_fingerprint(activity_columns() | select('in', columns) | list) }} as rows_fingerprint

    from raw_activities

    group by batch

),

-- a step of its own: beside the sums, PostgreSQL would no longer add them up on several cores
final as (

    select
        batch,
        row_count,
        left(
            md5(
                '{{ cleaning_version(columns) }} ' || batch || ' ' || cast(row_count as text) || ' ' || rows_fingerprint
            ),
            12
        ) as fingerprint

    from summed

)

select * from final
