-- One row per scoring, lead, scoring model and category of behaviour: its points before and after the category's cap.
-- depends_on: {{ ref('int_rule_faults') }}
with

behaviour_contributions as (

    select * from {{ ref('int_behaviour_contributions') }}

),

category_caps as (

    select
        {{ trim_text('scoring_model') }} as scoring_model,
        {{ trim_text('category') }} as category,
        {{ read_points('max_points') }} as max_points

    from {{ ref('behaviour_categories') }}

),

summed as (

    select
        scoring_id,
        lead_id,
        scoring_model,
        category,
        sum(points) as points_before_cap

    from behaviour_contributions

    where contribution_type = 'behaviour'

    group by
        scoring_id,
        lead_id,
        scoring_model,
        category

),

final as (

    select
        summed.scoring_id,
        summed.lead_id,
        summed.scoring_model,
        summed.category,
        cast(summed.points_before_cap as numeric(18, 4)) as points_before_cap,
        cast(
            case
                when summed.points_before_cap > category_caps.max_points then category_caps.max_points
                else summed.points_before_cap
            end as numeric(18, 4)
        ) as points,
        category_caps.max_points

    from summed

    left join category_caps
        on summed.category = category_caps.category
        and category_caps.scoring_model in ('*', summed.scoring_model)

)

select * from final
