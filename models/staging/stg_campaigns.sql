-- One row per raw row of campaigns, cleaned and typed; rejection_code is null on the one row per campaign that is used.
{%- set columns = raw_columns(source('crm', 'campaigns'), ['campaign_id'], is_optional=true) %}
with

raw_campaigns as (

    select
        {{ raw_text(columns, 'campaign_id') }} as campaign_id,
        {{ raw_text(columns, 'campaign_name') }} as campaign_name,
        {{ raw_text(columns, 'channel') }} as channel,
        {{ raw_text(columns, 'cost') }} as cost_text,
        {{ raw_value(columns, 'started_on') }} as started_on,
        {{ raw_value(columns, 'ended_on') }} as ended_on

    {{ from_raw(source('crm', 'campaigns'), columns) }}

),

typed as (

    select
        campaign_id,
        campaign_name,
        channel,
        {{ read_number('cost_text') }} as cost,
        cast({{ raw_timestamp(columns, 'started_on') }} as date) as started_on,
        cast({{ raw_timestamp(columns, 'ended_on') }} as date) as ended_on,
        cost_text,
        {{ raw_value_text(columns, 'started_on') }} as started_on_text,
        {{ raw_value_text(columns, 'ended_on') }} as ended_on_text

    from raw_campaigns

),

-- nothing says which of two rows is newer, so that their contents decide
ranked as (

    select
        campaign_id,
        campaign_name,
        channel,
        cost,
        started_on,
        ended_on,
        cost_text,
        started_on_text,
        ended_on_text,
        row_number() over (
            partition by campaign_id
            order by
                {{ byte_order('campaign_name') }} asc nulls last,
                {{ byte_order('channel') }} asc nulls last,
                {{ byte_order('cost_text') }} asc nulls last,
                {{ byte_order('started_on_text') }} asc nulls last,
                {{ byte_order('ended_on_text') }} asc nulls last
        ) as campaign_row_rank

    from typed

),

final as (

    select
        campaign_id,
        campaign_name,
        channel,
        cost,
        started_on,
        ended_on,
        cost_text,
        started_on_text,
        ended_on_text,
        case
            when campaign_id is null then 'missing_id'
            when campaign_row_rank > 1 then 'duplicate'
        end as rejection_code

    from ranked

)

select * from final
