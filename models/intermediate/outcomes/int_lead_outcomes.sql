-- One row per lead created by the scoring date: whether it qualified, what was sold to it and what sales say of it, as of that date.
with

leads as (

    select * from {{ ref('int_leads') }}

    where cast(created_at as date) <= {{ scoring_date() }}

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

lead_scores as (

    select * from {{ ref('lead_scores') }}

),

threshold_events as (

    select * from {{ ref('lead_threshold_events') }}

    where
        threshold = 'marketing_qualified'
        and event = 'entered'
        and crossed_on <= {{ scoring_date() }}

),

recorded_days as (

    select * from {{ ref('int_recorded_days') }}

),

opportunities as (

    select * from {{ ref('stg_opportunities') }}

    where
        rejection_code is null
        and is_won
        and cast(closed_at as date) <= {{ scoring_date() }}

),

sales_feedback as (

    select * from {{ ref('stg_sales_feedback') }}

    where
        rejection_code is null
        and cast(recorded_at as date) <= {{ scoring_date() }}

),

first_day as (

    select min(recorded_on) as recorded_on

    from recorded_days

),

scores as (

    select
        lead_scores.lead_id,
        max(case when lead_scores.is_primary_model then lead_scores.score end) as primary_score,
        max(case when lead_scores.is_marketing_qualified then 1 else 0 end) as is_qualified

    from lead_scores

    -- what a testing model says of a lead counts nowhere
    inner join scoring_models
        on lead_scores.scoring_model = scoring_models.scoring_model
        and scoring_models.status = 'active'

    group by lead_scores.lead_id

),

entries as (

    select
        threshold_events.lead_id,
        min(threshold_events.crossed_on) as entered_on

    from threshold_events

    inner join scoring_models
        on threshold_events.scoring_model = scoring_models.scoring_model
        and scoring_models.status = 'active'

    group by threshold_events.lead_id

),

sales as (

    select
        lead_id,
        count(*) as won_count,
        min(cast(closed_at as date)) as first_won_on,
        sum(cast(amount as numeric(38, 2))) as revenue

    from opportunities

    group by lead_id

),

ranked_feedback as (

    select
        lead_id,
        verdict,
        row_number() over (
            partition by lead_id
            order by
                recorded_at desc,
                {{ byte_order('feedback_id') }} desc
        ) as feedback_rank

    from sales_feedback

),

final as (

    select
        leads.lead_id,
        cast(leads.created_at as date) as created_on,
        leads.campaign_id,
        scores.primary_score,
        entries.lead_id is not null or coalesce(scores.is_qualified, 0) = 1 as is_qualified,
        -- when a lead began to qualify is not known if it held the threshold already as the history began
        case
            when entries.entered_on > first_day.recorded_on or leads.created_at >= first_day.recorded_on
                then entries.entered_on
        end as qualified_on,
        cast(coalesce(sales.won_count, 0) as integer) as won_count,
        sales.first_won_on,
        cast(coalesce(sales.revenue, 0) as numeric(38, 2)) as revenue,
        ranked_feedback.verdict

    from leads

    cross join first_day

    left join scores
        on leads.lead_id = scores.lead_id

    left join entries
        on leads.lead_id = entries.lead_id

    left join sales
        on leads.lead_id = sales.lead_id

    left join ranked_feedback
        on leads.lead_id = ranked_feedback.lead_id
        and ranked_feedback.feedback_rank = 1

)

select * from final
