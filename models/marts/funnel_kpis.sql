-- One row per month in which leads were created, months between without any included: how far its leads have come.
{%- set outcome_days = whole_number_var('outcome_days', 90) %}
{%- set conversion_rate = rounded_ratio('cohorts.won_lead_count', 'cohorts.lead_count', 4) %}
{%- set days_to_qualify = rounded_ratio('cohorts.days_to_qualify', 'nullif(cohorts.days_to_qualify_count, 0)', 1) %}
{%- set days_to_convert = rounded_ratio('cohorts.days_to_convert', 'nullif(cohorts.days_to_convert_count, 0)', 1) %}
{%- set acceptance_rate = rounded_ratio('cohorts.accepted_count', 'nullif(cohorts.verdict_count, 0)', 4) %}
with

lead_outcomes as (

    select * from {{ ref('int_lead_outcomes') }}

),

cohorts as (

    select
        cast(date_trunc('month', created_on) as date) as created_month,
        count(*) as lead_count,
        sum(case when is_qualified then 1 else 0 end) as qualified_lead_count,
        sum(case when won_count > 0 then 1 else 0 end) as won_lead_count,
        sum(qualified_on - created_on) as days_to_qualify,
        count(qualified_on) as days_to_qualify_count,
        sum(first_won_on - created_on) as days_to_convert,
        count(first_won_on) as days_to_convert_count,
        sum(case when verdict = 'accepted' then 1 else 0 end) as accepted_count,
        sum(case when verdict = 'rejected' then 1 else 0 end) as rejected_count,
        sum(case when verdict is not null then 1 else 0 end) as verdict_count,
        sum(revenue) as revenue

    from lead_outcomes

    group by cast(date_trunc('month', created_on) as date)

),

span as (

    select
        min(created_month) as first_month,
        12 * (extract(year from max(created_month)) - extract(year from min(created_month)))
        + extract(month from max(created_month)) - extract(month from min(created_month)) + 1 as month_count

    from cohorts

),

month_numbers as (

    {{ whole_numbers('select cast(span.month_count as integer) from span') }}

),

months as (

    select
        cast(span.first_month + (month_numbers.number - 1) * interval '1 month' as date) as created_month,
        cast(span.first_month + month_numbers.number * interval '1 month' as date) as next_month

    from span

    cross join month_numbers

),

final as (

    select
        months.created_month,
        cast(coalesce(cohorts.lead_count, 0) as integer) as lead_count,
        cast(coalesce(cohorts.qualified_lead_count, 0) as integer) as qualified_lead_count,
        cast(coalesce(cohorts.won_lead_count, 0) as integer) as won_lead_count,
        cast({{ conversion_rate }} as numeric(18, 4)) as lead_to_customer_rate,
        cast({{ days_to_qualify }} as numeric(18, 1)) as days_to_qualify,
        cast({{ days_to_convert }} as numeric(18, 1)) as days_to_convert,
        cast(coalesce(cohorts.accepted_count, 0) as integer) as accepted_count,
        cast(coalesce(cohorts.rejected_count, 0) as integer) as rejected_count,
        cast({{ acceptance_rate }} as numeric(18, 4)) as acceptance_rate,
        cast(coalesce(cohorts.revenue, 0) as numeric(38, 2)) as revenue,
        {{ scoring_date() }} - (months.next_month - 1) >= {{ outcome_days }} as is_mature,
        {{ scoring_date() }} as scoring_date

    from months

    left join cohorts
        on months.created_month = cohorts.created_month

)

select * from final
