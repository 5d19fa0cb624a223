-- One row per scoring date, lead and scoring model: the parts of the score, each with its cap applied, and their sum.
with

lead_models as (

    select * from {{ ref('int_lead_models') }}

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

attribute_parts as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        sum(case when contribution_type = 'fit' then points else 0 end) as fit_points,
        sum(case when contribution_type = 'penalty' then points else 0 end) as penalty_points,
        max(case when is_disqualifying then 1 else 0 end) as is_disqualified

    from {{ ref('int_rule_contributions') }}

    group by
        scoring_date,
        lead_id,
        scoring_model

),

behaviour_parts as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        sum(points) as behaviour_points

    from {{ ref('int_category_points') }}

    group by
        scoring_date,
        lead_id,
        scoring_model

),

-- a lead without any contribution has parts, too: they are 0
uncapped as (

    select
        lead_models.scoring_date,
        lead_models.lead_id,
        lead_models.scoring_model,
        coalesce(attribute_parts.fit_points, 0) as uncapped_fit_points,
        coalesce(behaviour_parts.behaviour_points, 0) as uncapped_behaviour_points,
        coalesce(attribute_parts.penalty_points, 0) as penalty_points,
        coalesce(attribute_parts.is_disqualified, 0) = 1 as is_disqualified,
        scoring_models.min_score,
        scoring_models.max_score,
        scoring_models.max_fit_points,
        scoring_models.max_behaviour_points

    from lead_models

    inner join scoring_models
        on lead_models.scoring_model = scoring_models.scoring_model

    left join attribute_parts
        on lead_models.scoring_date = attribute_parts.scoring_date
        and lead_models.lead_id = attribute_parts.lead_id
        and lead_models.scoring_model = attribute_parts.scoring_model

    left join behaviour_parts
        on lead_models.scoring_date = behaviour_parts.scoring_date
        and lead_models.lead_id = behaviour_parts.lead_id
        and lead_models.scoring_model = behaviour_parts.scoring_model

),

capped as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        uncapped_fit_points,
        uncapped_behaviour_points,
        penalty_points,
        is_disqualified,
        min_score,
        max_score,
        max_fit_points,
        max_behaviour_points,
        case
            when uncapped_fit_points > max_fit_points then max_fit_points
            else uncapped_fit_points
        end as fit_points,
        case
            when uncapped_behaviour_points > max_behaviour_points then max_behaviour_points
            else uncapped_behaviour_points
        end as behaviour_points

    from uncapped

),

final as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        is_disqualified,
        min_score,
        max_score,
        max_fit_points,
        max_behaviour_points,
        cast(uncapped_fit_points as numeric(18, 4)) as uncapped_fit_points,
        cast(uncapped_behaviour_points as numeric(18, 4)) as uncapped_behaviour_points,
        cast(fit_points as numeric(18, 4)) as fit_points,
        cast(behaviour_points as numeric(18, 4)) as behaviour_points,
        cast(penalty_points as numeric(18, 4)) as penalty_points,
        cast(fit_points + behaviour_points + penalty_points as numeric(18, 4)) as total_points,
        cast(
            uncapped_fit_points + uncapped_behaviour_points + penalty_points as numeric(18, 4)
        ) as uncapped_points

    from capped

)

select * from final
