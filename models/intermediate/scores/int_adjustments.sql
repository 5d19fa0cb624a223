-- One row per scoring date, lead, scoring model and adjustment that moved the score: caps, range, disqualification, rounding.
with

score_parts as (

    select * from {{ ref('int_score_parts') }}

),

category_points as (

    select * from {{ ref('int_category_points') }}

),

category_caps as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        'category_cap:' || category as rule_id,
        points - points_before_cap as points,
        'Points for ' || category || ' are capped at ' || {{ points_text('max_points') }} as reason

    from category_points

    where category is not null

),

fit_caps as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        'fit_cap' as rule_id,
        fit_points - uncapped_fit_points as points,
        'Fit points are capped at ' || {{ points_text('max_fit_points') }} as reason

    from score_parts

),

behaviour_caps as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        'behaviour_cap' as rule_id,
        behaviour_points - uncapped_behaviour_points as points,
        'Behaviour points are capped at ' || {{ points_text('max_behaviour_points') }} as reason

    from score_parts

),

disqualifications as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        'disqualification' as rule_id,
        min_score - total_points as points,
        'A disqualified lead scores ' || cast(min_score as text) as reason

    from score_parts

    where is_disqualified

),

floors as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        'score_floor' as rule_id,
        min_score - total_points as points,
        'The score does not go below ' || cast(min_score as text) as reason

    from score_parts

    where not is_disqualified and total_points < min_score

),

ceilings as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        'score_ceiling' as rule_id,
        max_score - total_points as points,
        'The score does not go above ' || cast(max_score as text) as reason

    from score_parts

    where not is_disqualified and total_points > max_score

),

-- floor and ceiling are whole numbers, so that only a total between them has anything to round
roundings as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        'rounding' as rule_id,
        round(total_points, 0) - total_points as points,
        'The score is rounded to a whole number' as reason

    from score_parts

    where not is_disqualified and total_points between min_score and max_score

),

adjustments as (

    select * from category_caps
    union all
    select * from fit_caps
    union all
    select * from behaviour_caps
    union all
    select * from disqualifications
    union all
    select * from floors
    union all
    select * from ceilings
    union all
    select * from roundings

),

final as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        rule_id,
        cast(points as numeric(18, 4)) as points,
        reason

    from adjustments

    where points <> 0

)

select * from final
