-- One row per scoring model that is scored: the most that its rules and caps can give a lead. Null
-- means that nothing limits it.
-- depends_on: {{ ref('int_rule_faults') }}
with

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

fit_rules as (

    select * from {{ ref('int_attribute_rules') }}

    where rule_family = 'fit'

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

    where points >= 0

),

category_caps as (

    select
        scoring_model,
        category,
        {{ read_points('max_points') }} as max_points

    from {{ ref('int_rule_rows') }}

    where rule_file = 'behaviour_categories'

),

-- at best the strongest rule of each exclusive group fires, and every rule without one
fit_groups as (

    select
        scoring_model,
        max(points) as points

    from fit_rules

    group by
        scoring_model,
        exclusive_group,
        case when exclusive_group is null then rule_id end

),

fit_sums as (

    select
        scoring_model,
        sum(points) as points

    from fit_groups

    group by scoring_model

),

-- a rule that earns at each repeat has no limit but its cap
behaviour_limits as (

    select
        scoring_model,
        category,
        case
            when max_points is not null then max_points
            when points = 0 and repeat_points <= 0 then 0
        end as most_points

    from behaviour_rules

),

categories as (

    select
        behaviour_limits.scoring_model,
        behaviour_limits.category,
        case
            when count(*) = count(behaviour_limits.most_points)
                then sum(behaviour_limits.most_points)
        end as most_points,
        max(category_caps.max_points) as max_points

    from behaviour_limits

    left join category_caps
        on behaviour_limits.category = category_caps.category
        and category_caps.scoring_model in ('*', behaviour_limits.scoring_model)

    group by
        behaviour_limits.scoring_model,
        behaviour_limits.category

),

capped_categories as (

    select
        scoring_model,
        case
            when most_points is null or most_points > max_points then max_points
            else most_points
        end as most_points

    from categories

),

behaviour_sums as (

    select
        scoring_model,
        count(*) as category_count,
        count(most_points) as limited_count,
        sum(most_points) as points

    from capped_categories

    group by scoring_model

),

uncapped as (

    select
        scoring_models.scoring_model,
        scoring_models.min_score,
        scoring_models.max_score,
        scoring_models.max_fit_points,
        scoring_models.max_behaviour_points,
        coalesce(fit_sums.points, 0) as most_fit_points,
        case
            when behaviour_sums.category_count is null then 0
            when behaviour_sums.category_count = behaviour_sums.limited_count
                then behaviour_sums.points
        end as most_behaviour_points

    from scoring_models

    left join fit_sums
        on scoring_models.scoring_model = fit_sums.scoring_model

    left join behaviour_sums
        on scoring_models.scoring_model = behaviour_sums.scoring_model

),

capped as (

    select
        scoring_model,
        min_score,
        max_score,
        case
            when most_fit_points > max_fit_points then max_fit_points
            else most_fit_points
        end as most_fit_points,
        case
            when most_behaviour_points is null or most_behaviour_points > max_behaviour_points
                then max_behaviour_points
            else most_behaviour_points
        end as most_behaviour_points

    from uncapped

),

final as (

    select
        scoring_model,
        cast(most_fit_points as numeric(18, 4)) as most_fit_points,
        cast(most_behaviour_points as numeric(18, 4)) as most_behaviour_points,
        cast(
            case
                when most_behaviour_points is null then max_score
                when round(most_fit_points + most_behaviour_points, 0) > max_score then max_score
                when round(most_fit_points + most_behaviour_points, 0) < min_score then min_score
                else round(most_fit_points + most_behaviour_points, 0)
            end as integer
        ) as highest_score

    from capped

)

select * from final
