-- Returns the lead and model whose fit, behaviour or penalty points are not the sum of the contribution rows of that kind.
with

lead_scores as (

    select * from {{ ref('lead_scores') }}

),

contributions as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        sum(case when contribution_type = 'fit' or rule_id = 'fit_cap' then points else 0 end) as fit_points,
        sum(
            case
                when contribution_type = 'behaviour' or rule_id = 'behaviour_cap' or rule_id like 'category_cap:%'
                    then points
                else 0
            end
        ) as behaviour_points,
        sum(case when contribution_type = 'penalty' then points else 0 end) as penalty_points

    from {{ ref('lead_score_contributions') }}

    group by
        scoring_date,
        lead_id,
        scoring_model

)

select
    lead_scores.scoring_date,
    lead_scores.lead_id,
    lead_scores.scoring_model,
    contributions.fit_points as expected_fit_points,
    lead_scores.fit_points,
    contributions.behaviour_points as expected_behaviour_points,
    lead_scores.behaviour_points,
    contributions.penalty_points as expected_penalty_points,
    lead_scores.penalty_points,
    'a part of the score is not the sum of its contributions' as problem

from lead_scores

left join contributions
    on lead_scores.scoring_date = contributions.scoring_date
    and lead_scores.lead_id = contributions.lead_id
    and lead_scores.scoring_model = contributions.scoring_model

where
    lead_scores.fit_points <> coalesce(contributions.fit_points, 0)
    or lead_scores.behaviour_points <> coalesce(contributions.behaviour_points, 0)
    or lead_scores.penalty_points <> coalesce(contributions.penalty_points, 0)
    or lead_scores.total_points
    <> lead_scores.fit_points + lead_scores.behaviour_points + lead_scores.penalty_points
