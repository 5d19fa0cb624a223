-- One row per raw row of sales_feedback, cleaned and typed; rejection_code is null on the one row per verdict that is used.
-- depends_on: {{ ref('int_forgotten_leads') }}
{{ config(
    post_hook="{{ withhold_from_forgotten(['verdict', 'reason']) }}"
) }}
{%- set columns = raw_columns(
    source('crm', 'sales_feedback'), ['feedback_id', 'lead_id', 'verdict', 'recorded_at'], is_optional=true
) %}
with

raw_sales_feedback as (

    select
        {{ raw_text(columns, 'feedback_id') }} as feedback_id,
        {{ raw_text(columns, 'lead_id') }} as lead_id,
        {{ lower_case(raw_text(columns, 'verdict')) }} as verdict,
        {{ raw_value(columns, 'recorded_at') }} as recorded_at,
        {{ raw_text(columns, 'reason') }} as reason

    {{ from_raw(source('crm', 'sales_feedback'), columns) }}

),

typed as (

    select
        feedback_id,
        lead_id,
        verdict,
        {{ raw_timestamp(columns, 'recorded_at') }} as recorded_at,
        reason,
        {{ raw_value_text(columns, 'recorded_at') }} as recorded_at_text

    from raw_sales_feedback

),

judged as (

    select
        feedback_id,
        lead_id,
        verdict,
        recorded_at,
        reason,
        recorded_at_text,
        case
            when feedback_id is null or lead_id is null then 'missing_id'
            when recorded_at is null then 'invalid_timestamp'
            when verdict is null or verdict not in ('accepted', 'rejected') then 'unknown_verdict'
        end as row_fault

    from typed

),

-- the latest of several rows of one verdict is the one that holds
ranked as (

    select
        feedback_id,
        lead_id,
        verdict,
        recorded_at,
        reason,
        recorded_at_text,
        row_fault,
        row_number() over (
            partition by feedback_id, row_fault
            order by
                recorded_at desc,
                {{ byte_order('lead_id') }} asc,
                {{ byte_order('verdict') }} asc,
                {{ byte_order('reason') }} asc nulls last
        ) as feedback_row_rank

    from judged

),

final as (

    select
        feedback_id,
        lead_id,
        verdict,
        recorded_at,
        reason,
        recorded_at_text,
        coalesce(row_fault, case when feedback_row_rank > 1 then 'duplicate' end) as rejection_code

    from ranked

)

select * from final
