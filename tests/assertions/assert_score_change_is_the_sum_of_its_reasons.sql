-- Returns the lead and model whose score moved by another amount than its reasons sum to.
with

lead_scores as (

    select * from {{ ref('lead_scores') }}

),

compared_day as (

    {{ compared_day() }}

),

earlier as (

    select history.*

    from {{ ref('lead_score_history') }} as history

    inner join compared_day
        on history.valid_from <= compared_day.observed_on
        and coalesce(history.valid_to >= compared_day.observed_on, true)

),

reasons as (

    select
        lead_id,
        scoring_model,
        sum(points) as points

    from {{ ref('score_change_reasons') }}

    group by
        lead_id,
        scoring_model

)

select
    lead_scores.lead_id,
    lead_scores.scoring_model,
    lead_scores.score - earlier.score as expected,
    reasons.points as actual,
    'the reasons do not sum to the change of the score' as problem

from lead_scores

-- a lead that was not scored then is compared with nothing
inner join earlier
    on lead_scores.lead_id = earlier.lead_id
    and lead_scores.scoring_model = earlier.scoring_model

left join reasons
    on lead_scores.lead_id = reasons.lead_id
    and lead_scores.scoring_model = reasons.scoring_model

where lead_scores.score - earlier.score <> coalesce(reasons.points, 0)
