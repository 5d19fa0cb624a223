-- One row per raw row of opportunities, cleaned and typed; rejection_code is null on the one row per opportunity that is used.
-- depends_on: {{ ref('int_forgotten_leads') }}
{{ config(
    post_hook="{{ withhold_from_forgotten(['stage', 'amount', 'amount_text', 'closed_at', 'closed_at_text']) }}"
) }}
{%- set columns = raw_columns(
    source('crm', 'opportunities'), ['opportunity_id', 'lead_id', 'created_at'], is_optional=true
) %}
with

raw_opportunities as (

    select
        {{ raw_text(columns, 'opportunity_id') }} as opportunity_id,
        {{ raw_text(columns, 'lead_id') }} as lead_id,
        {{ raw_value(columns, 'created_at') }} as created_at,
        {{ raw_text(columns, 'stage') }} as stage,
        {{ raw_text(columns, 'amount') }} as amount_text,
        {{ raw_value(columns, 'closed_at') }} as closed_at,
        {{ raw_text(columns, 'is_won') }} as is_won_text

    {{ from_raw(source('crm', 'opportunities'), columns) }}

),

typed as (

    select
        opportunity_id,
        lead_id,
        {{ raw_timestamp(columns, 'created_at') }} as created_at,
        stage,
        {{ read_number('amount_text') }} as amount,
        {{ raw_timestamp(columns, 'closed_at') }} as closed_at,
        {{ read_boolean('is_won_text') }} as is_won,
        amount_text,
        {{ raw_value_text(columns, 'created_at') }} as created_at_text,
        {{ raw_value_text(columns, 'closed_at') }} as closed_at_text,
        is_won_text

    from raw_opportunities

),

judged as (

    select
        opportunity_id,
        lead_id,
        created_at,
        stage,
        amount,
        closed_at,
        is_won,
        amount_text,
        created_at_text,
        closed_at_text,
        is_won_text,
        case
            when opportunity_id is null or lead_id is null then 'missing_id'
            when created_at is null then 'invalid_timestamp'
        end as row_fault

    from typed

),

-- nothing says which of two rows is newer, so that their contents decide: the one that closed last first
ranked as (

    select
        opportunity_id,
        lead_id,
        created_at,
        stage,
        amount,
        closed_at,
        is_won,
        amount_text,
        created_at_text,
        closed_at_text,
        row_fault,
        row_number() over (
            partition by opportunity_id, row_fault
            order by
                closed_at desc nulls last,
                created_at asc,
                {{ byte_order('lead_id') }} asc,
                {{ byte_order('stage') }} asc nulls last,
                {{ byte_order('amount_text') }} asc nulls last,
                {{ byte_order('is_won_text') }} asc nulls last
        ) as opportunity_row_rank

    from judged

),

final as (

    select
        opportunity_id,
        lead_id,
        created_at,
        stage,
        amount,
        closed_at,
        is_won,
        amount_text,
        created_at_text,
        closed_at_text,
        coalesce(row_fault, case when opportunity_row_rank > 1 then 'duplicate' end) as rejection_code

    from ranked

)

select * from final
