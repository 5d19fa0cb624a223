-- One row per scoring date, lead, scoring model and adjustment that moved the score: caps, range, disqualification, rounding.
{#- Few models wait for it: int_flag_outlooks, which takes long, is not to begin after it. -#}
-- depends_on: {{ ref('int_lead_scores') }}
with

published as (

    select
        scoring_id,
        scoring_date

    from {{ ref('int_scorings') }}

    where is_published

),

score_parts as (

    select
        published.scoring_date,
        score_parts.*

    from {{ ref('int_score_parts') }} as score_parts

    inner join published
        on score_parts.scoring_id = published.scoring_id

),

category_points as (

    select
        published.scoring_date,
        category_points.*

    from {{ ref('int_category_points') }} as category_points

    inner join published
        on category_points.scoring_id = published.scoring_id

),

category_caps as (

    select
        category_points.scoring_date,
        score_parts.lead_id,
        score_parts.scoring_model,
        'category_cap:' || category_points.category as rule_id,
        category_points.points - category_points.points_before_cap as points,
        'Points for ' || category_points.category || ' are capped at '
        || {{ points_text('category_points.max_points') }} as reason

    from category_points

    inner join score_parts
        on category_points.scoring_date = score_parts.scoring_date
        and category_points.lead_model_number = score_parts.lead_model_number

    where category_points.points_before_cap > category_points.points

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
        range_points as points,
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
        range_points as points,
        'The score does not go below ' || cast(min_score as text) as reason

    from score_parts

    where not is_disqualified and range_points > 0

),

ceilings as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        'score_ceiling' as rule_id,
        range_points as points,
        'The score does not go above ' || cast(max_score as text) as reason

    from score_parts

    where not is_disqualified and range_points < 0

),

roundings as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        'rounding' as rule_id,
        rounding_points as points,
        'The score is rounded to a whole number' as reason

    from score_parts

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
