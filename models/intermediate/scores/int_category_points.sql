-- One row per scoring, lead, scoring model and category of behaviour: its points before and after the category's cap.
with

behaviour_contributions as (

    select * from {{ ref('int_behaviour_contributions') }}

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

categories as (

    select distinct
        scoring_model,
        category,
        category_number,
        category_max_points

    from behaviour_rules

    where category_number is not null

),

summed as (

    select
        behaviour_contributions.scoring_id,
        behaviour_contributions.lead_model_number,
        behaviour_rules.category_number,
        sum(behaviour_contributions.points) as points_before_cap

    from behaviour_contributions

    -- a penalty belongs to no category
    inner join behaviour_rules
        on behaviour_contributions.model_rule_number = behaviour_rules.model_rule_number
        and behaviour_rules.category_number is not null

    group by
        behaviour_contributions.scoring_id,
        behaviour_contributions.lead_model_number,
        behaviour_rules.category_number

),

final as (

    select
        summed.scoring_id,
        summed.lead_model_number,
        categories.scoring_model,
        categories.category,
        cast(summed.points_before_cap as numeric(18, 4)) as points_before_cap,
        cast(
            case
                when summed.points_before_cap > categories.category_max_points then categories.category_max_points
                else summed.points_before_cap
            end as numeric(18, 4)
        ) as points,
        categories.category_max_points as max_points

    from summed

    inner join categories
        on summed.category_number = categories.category_number

)

select * from final
