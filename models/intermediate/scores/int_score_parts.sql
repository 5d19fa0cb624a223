-- One row per scoring, lead and scoring model: the parts of the score, each with its cap applied, and the score they add up to.
with

scorings as (

    select * from {{ ref('int_scorings') }}

    where not is_for_flagged

),

lead_models as (

    select * from {{ ref('int_lead_models') }}

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

attribute_rules as (

    select * from {{ ref('int_attribute_rules') }}

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

-- who a lead is has no date
attribute_parts as (

    select
        attribute_contributions.lead_model_number,
        sum(case when attribute_rules.rule_family = 'fit' then attribute_contributions.points else 0 end)
            as fit_points,
        sum(case when attribute_rules.rule_family = 'negative' then attribute_contributions.points else 0 end)
            as penalty_points,
        max(case when attribute_rules.is_disqualifying then 1 else 0 end) as is_disqualified

    from {{ ref('int_attribute_contributions') }} as attribute_contributions

    inner join attribute_rules
        on attribute_contributions.model_rule_number = attribute_rules.model_rule_number

    group by attribute_contributions.lead_model_number

),

behaviour_sums as (

    select
        scoring_id,
        lead_model_number,
        points as behaviour_points,
        0 as penalty_points

    from {{ ref('int_category_points') }}

    union all

    select
        behaviour_contributions.scoring_id,
        behaviour_contributions.lead_model_number,
        0 as behaviour_points,
        behaviour_contributions.points as penalty_points

    from {{ ref('int_behaviour_contributions') }} as behaviour_contributions

    inner join behaviour_rules
        on behaviour_contributions.model_rule_number = behaviour_rules.model_rule_number
        and behaviour_rules.points < 0

),

behaviour_parts as (

    select
        scoring_id,
        lead_model_number,
        sum(behaviour_points) as behaviour_points,
        sum(penalty_points) as penalty_points

    from behaviour_sums

    group by
        scoring_id,
        lead_model_number

),

-- nothing but behaviour changes with time alone: a lead without any has no outlook
leads_with_behaviour as (

    select distinct lead_model_number

    from behaviour_parts

),

-- a lead without any contribution has parts, too: they are 0
lead_parts as (

    select
        lead_models.lead_model_number,
        lead_models.lead_id,
        lead_models.scoring_model,
        lead_models.created_on,
        coalesce(attribute_parts.fit_points, 0) as fit_points,
        coalesce(attribute_parts.penalty_points, 0) as penalty_points,
        coalesce(attribute_parts.is_disqualified, 0) = 1 as is_disqualified,
        leads_with_behaviour.lead_model_number is not null as has_behaviour

    from lead_models

    left join attribute_parts
        on lead_models.lead_model_number = attribute_parts.lead_model_number

    left join leads_with_behaviour
        on lead_models.lead_model_number = leads_with_behaviour.lead_model_number

),

uncapped as (

    select
        scorings.scoring_id,
        lead_parts.lead_model_number,
        lead_parts.lead_id,
        lead_parts.scoring_model,
        lead_parts.fit_points as uncapped_fit_points,
        coalesce(behaviour_parts.behaviour_points, 0) as uncapped_behaviour_points,
        lead_parts.penalty_points + coalesce(behaviour_parts.penalty_points, 0) as penalty_points,
        lead_parts.is_disqualified,
        scoring_models.min_score,
        scoring_models.max_score,
        scoring_models.max_fit_points,
        scoring_models.max_behaviour_points

    from lead_parts

    inner join scorings
        on lead_parts.created_on <= scorings.scoring_date
        and (scorings.outlook_days is null or lead_parts.has_behaviour)

    inner join scoring_models
        on lead_parts.scoring_model = scoring_models.scoring_model

    left join behaviour_parts
        on scorings.scoring_id = behaviour_parts.scoring_id
        and lead_parts.lead_model_number = behaviour_parts.lead_model_number

),

capped as (

    select
        scoring_id,
        lead_model_number,
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

    {{ evaluate_once() }}

),

totalled as (

    select
        *,
        fit_points + behaviour_points + penalty_points as total_points

    from capped

    {{ evaluate_once() }}

),

-- what brings the total into the model's range
ranged as (

    select
        *,
        case
            when is_disqualified then min_score - total_points
            when total_points < min_score then min_score - total_points
            when total_points > max_score then max_score - total_points
            else 0
        end as range_points

    from totalled

    {{ evaluate_once() }}

),

-- and to a whole number; the ends of the range are whole
rounded as (

    select
        *,
        round(total_points + range_points, 0) - (total_points + range_points) as rounding_points

    from ranged

),

final as (

    select
        scoring_id,
        lead_model_number,
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
        cast(total_points as numeric(18, 4)) as total_points,
        cast(uncapped_fit_points + uncapped_behaviour_points + penalty_points as numeric(18, 4)) as uncapped_points,
        cast(range_points as numeric(18, 4)) as range_points,
        cast(rounding_points as numeric(18, 4)) as rounding_points,
        cast(total_points + range_points + rounding_points as integer) as score

    from rounded

)

select * from final
