-- One row per scoring date, lead and scoring model: the score as the sum of its contributions, and the parts it is judged by.
with

score_parts as (

    select * from {{ ref('int_score_parts') }}

),

score_sums as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        sum(points) as score

    from {{ ref('lead_score_contributions') }}

    group by
        scoring_date,
        lead_id,
        scoring_model

),

-- a lead without a contribution has a total of 0 and no adjustment, so that 0 is in range and is its score
scored as (

    select
        score_parts.scoring_date,
        score_parts.lead_id,
        score_parts.scoring_model,
        score_parts.is_disqualified,
        score_parts.min_score,
        score_parts.max_score,
        score_parts.fit_points,
        score_parts.behaviour_points,
        score_parts.penalty_points,
        score_parts.total_points,
        score_parts.uncapped_points,
        cast(coalesce(score_sums.score, 0) as integer) as score

    from score_parts

    left join score_sums
        on score_parts.scoring_date = score_sums.scoring_date
        and score_parts.lead_id = score_sums.lead_id
        and score_parts.scoring_model = score_sums.scoring_model

),

final as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        is_disqualified,
        fit_points,
        behaviour_points,
        penalty_points,
        total_points,
        uncapped_points,
        score,
        cast({{ rounded_ratio('score - min_score', 'max_score - min_score', 4) }} as numeric(5, 4)) as score_share

    from scored

)

select * from final
