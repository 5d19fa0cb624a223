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

final as (

    select
        batch,
        cast(count(*) as bigint) as row_count,
        left(
            md5(
                '{{ cleaning_version(columns) }} ' || batch || ' ' || cast(count(*) as text) || ' '
                || {{ rows_fingerprint(activity_columns() | select('in', columns) | list) }}
            ),
            12
        ) as fingerprint

    from raw_activities

    group by batch

)

select * from final
