-- Returns the lead and model whose score is not the sum of its contribution rows, or not its total brought into range.
with

lead_scores as (

    select * from {{ ref('lead_scores') }}

),

contributions as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        sum(points) as points

    from {{ ref('lead_score_contributions') }}

    group by
        scoring_date,
        lead_id,
        scoring_model

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

compared as (

    select
        lead_scores.scoring_date,
        lead_scores.lead_id,
        lead_scores.scoring_model,
        lead_scores.score as actual,
        coalesce(contributions.points, 0) as contribution_sum,
        case
            when lead_scores.is_disqualified then scoring_models.min_score
            when lead_scores.total_points < scoring_models.min_score then scoring_models.min_score
            when lead_scores.total_points > scoring_models.max_score then scoring_models.max_score
            else round(lead_scores.total_points, 0)
        end as expected

    from lead_scores

    inner join scoring_models
        on lead_scores.scoring_model = scoring_models.scoring_model

    left join contributions
        on lead_scores.scoring_date = contributions.scoring_date
        and lead_scores.lead_id = contributions.lead_id
        and lead_scores.scoring_model = contributions.scoring_model

)

select
    scoring_date,
    lead_id,
    scoring_model,
    expected,
    actual,
    contribution_sum,
    'the score is neither the sum of its contributions nor its total in range' as problem

from compared

where
    actual is distinct from expected
    or actual is distinct from contribution_sum
