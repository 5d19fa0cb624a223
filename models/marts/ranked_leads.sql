-- One row per scoring date and lead, in its primary model: the call list, best first.
with

lead_scores as (

    select * from {{ ref('lead_scores') }}

    where is_primary_model

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

-- by few columns: to sort all of them takes as long as to write them down
ranked as (

    select
        lead_scores.scoring_date,
        lead_scores.lead_id,
        row_number() over (
            partition by lead_scores.scoring_date
            order by
                lead_scores.is_disqualified asc,
                lead_scores.score_share desc,
                scoring_models.priority asc,
                {{ byte_order('lead_scores.scoring_model') }} asc,
                lead_scores.score_rank asc
        ) as call_rank

    from lead_scores

    inner join scoring_models
        on lead_scores.scoring_model = scoring_models.scoring_model

),

final as (

    select
        cast(ranked.call_rank as integer) as call_rank,
        lead_scores.lead_id,
        lead_scores.scoring_model,
        lead_scores.scoring_date,
        lead_scores.first_name,
        lead_scores.last_name,
        lead_scores.job_title,
        lead_scores.company_name,
        lead_scores.email,
        lead_scores.phone,
        lead_scores.country,
        lead_scores.owner_id,
        lead_scores.score,
        lead_scores.grade,
        lead_scores.segment,
        lead_scores.is_marketing_qualified,
        lead_scores.is_sales_ready,
        lead_scores.is_disqualified,
        lead_scores.score_rank,
        lead_scores.score_percentile,
        lead_scores.score_share,
        lead_scores.activity_count,
        lead_scores.last_activity_at,
        lead_scores.top_reasons,
        lead_scores.score_change_7d,
        lead_scores.score_change_30d,
        lead_scores.score_trend,
        lead_scores.days_in_segment,
        lead_scores.score_in_7d,
        lead_scores.score_in_30d,
        lead_scores.marketing_qualified_until,
        lead_scores.sales_ready_until,
        lead_scores.conversion_probability,
        lead_scores.expected_value,
        lead_scores.blended_rank

    from lead_scores

    inner join ranked
        on lead_scores.scoring_date = ranked.scoring_date
        and lead_scores.lead_id = ranked.lead_id

)

select * from final
