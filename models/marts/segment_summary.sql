-- One row per scoring date, scoring model and segment: how many leads it holds and how they do.
with

lead_scores as (

    select * from {{ ref('lead_scores') }}

),

final as (

    select
        scoring_model,
        segment,
        scoring_date,
        cast(count(*) as integer) as lead_count,
        cast(sum(case when is_primary_model then 1 else 0 end) as integer) as primary_lead_count,
        cast(sum(case when is_marketing_qualified then 1 else 0 end) as integer) as marketing_qualified_count,
        cast(sum(case when is_sales_ready then 1 else 0 end) as integer) as sales_ready_count,
        cast({{ rounded_ratio('sum(score)', 'count(*)', 2) }} as numeric(18, 2)) as average_score,
        cast(min(score) as integer) as lowest_score,
        cast(max(score) as integer) as highest_score,
        max(last_activity_at) as last_activity_at

    from lead_scores

    group by
        scoring_model,
        segment,
        scoring_date

)

select * from final
