-- One row per lead that is at most 10 points short of sales-ready in its primary model, the nearest first.
select
    lead_scores.lead_id,
    lead_scores.company_name,
    lead_scores.scoring_model,
    lead_scores.score,
    thresholds.min_score,
    thresholds.min_score - lead_scores.score as points_missing,
    lead_scores.grade,
    lead_scores.top_reasons

from {{ ref('lead_scores') }} as lead_scores

-- a model without the threshold has no leads near it
inner join {{ ref('int_thresholds') }} as thresholds
    on lead_scores.scoring_model = thresholds.scoring_model
    and thresholds.threshold = 'sales_ready'

where
    lead_scores.is_primary_model
    and not lead_scores.is_disqualified
    and not lead_scores.is_sales_ready
    and lead_scores.score between thresholds.min_score - 10 and thresholds.min_score

order by
    points_missing asc,
    lead_scores.score_rank asc
