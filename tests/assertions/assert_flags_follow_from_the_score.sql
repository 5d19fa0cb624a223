-- Returns the lead and model whose flag or segment contradicts its score, or whose flags contradict each other.
with

lead_scores as (

    select * from {{ ref('lead_scores') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

)

select
    lead_scores.scoring_date,
    lead_scores.lead_id,
    lead_scores.scoring_model,
    thresholds.threshold,
    thresholds.min_score as expected,
    lead_scores.score as actual,
    'the threshold holds below its score or for a disqualified lead' as problem

from lead_scores

-- a model without thresholds has nothing to compare
inner join thresholds
    on lead_scores.scoring_model = thresholds.scoring_model

where
    case thresholds.threshold
        when 'marketing_qualified' then lead_scores.is_marketing_qualified
        else lead_scores.is_sales_ready
    end
    and (lead_scores.is_disqualified or lead_scores.score < thresholds.min_score)

union all

select
    scoring_date,
    lead_id,
    scoring_model,
    'disqualified' as threshold,
    cast(null as numeric(18, 4)) as expected,
    score as actual,
    'segment and disqualification do not agree' as problem

from lead_scores

where is_disqualified is distinct from coalesce(segment = 'disqualified', false)
