-- One row per scoring date and cap that no lead reaches, and per category without a cap.
{{ config(materialized='ephemeral') }}
with

scoring_dates as (

    select * from {{ ref('int_scoring_dates') }}

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

category_caps as (

    select
        scoring_models.scoring_model,
        rule_rows.scoring_model as rule_model,
        rule_rows.category,
        {{ read_points('rule_rows.max_points') }} as max_points

    from {{ ref('int_rule_rows') }} as rule_rows

    inner join scoring_models
        on rule_rows.scoring_model in ('*', scoring_models.scoring_model)

    where rule_rows.rule_file = 'behaviour_categories'

),

published as (

    select
        scoring_id,
        scoring_date

    from {{ ref('int_scorings') }}

    where is_published

),

category_points as (

    select
        published.scoring_date,
        category_points.*

    from {{ ref('int_category_points') }} as category_points

    inner join published
        on category_points.scoring_id = published.scoring_id

),

score_parts as (

    select
        published.scoring_date,
        score_parts.*

    from {{ ref('int_score_parts') }} as score_parts

    inner join published
        on score_parts.scoring_id = published.scoring_id

),

most_rule_points as (

    select
        published.scoring_date,
        behaviour_contributions.model_rule_number,
        max(abs(behaviour_contributions.points)) as most_points

    from {{ ref('int_behaviour_contributions') }} as behaviour_contributions

    inner join published
        on behaviour_contributions.scoring_id = published.scoring_id

    group by
        published.scoring_date,
        behaviour_contributions.model_rule_number

),

-- a rule that never fires is told elsewhere
rule_caps as (

    select
        most_rule_points.scoring_date,
        'behaviour_points' as rule_file,
        behaviour_rules.rule_model as scoring_model,
        behaviour_rules.rule_id as rule_name,
        'max_points' as cap_name,
        behaviour_rules.max_points as cap,
        max(most_rule_points.most_points) as most_points

    from behaviour_rules

    inner join most_rule_points
        on behaviour_rules.model_rule_number = most_rule_points.model_rule_number

    where behaviour_rules.max_points is not null

    group by
        most_rule_points.scoring_date,
        behaviour_rules.rule_model,
        behaviour_rules.rule_id,
        behaviour_rules.max_points

),

most_category_points as (

    select
        scoring_date,
        scoring_model,
        category,
        max(points_before_cap) as most_points

    from category_points

    group by
        scoring_date,
        scoring_model,
        category

),

category_uses as (

    select
        scoring_dates.scoring_date,
        'behaviour_categories' as rule_file,
        category_caps.rule_model as scoring_model,
        category_caps.category as rule_name,
        'max_points' as cap_name,
        category_caps.max_points as cap,
        max(coalesce(most_category_points.most_points, 0)) as most_points

    from category_caps

    cross join scoring_dates

    left join most_category_points
        on scoring_dates.scoring_date = most_category_points.scoring_date
        and category_caps.scoring_model = most_category_points.scoring_model
        and category_caps.category = most_category_points.category

    where category_caps.max_points is not null

    group by
        scoring_dates.scoring_date,
        category_caps.rule_model,
        category_caps.category,
        category_caps.max_points

),

most_parts as (

    select
        scoring_date,
        scoring_model,
        max_fit_points,
        max_behaviour_points,
        max(uncapped_fit_points) as most_fit_points,
        max(uncapped_behaviour_points) as most_behaviour_points

    from score_parts

    group by
        scoring_date,
        scoring_model,
        max_fit_points,
        max_behaviour_points

),

caps as (

    select * from rule_caps

    union all

    select * from category_uses

    union all

    select
        scoring_date,
        'scoring_models' as rule_file,
        scoring_model,
        'max_fit_points' as rule_name,
        'max_fit_points' as cap_name,
        max_fit_points as cap,
        most_fit_points as most_points

    from most_parts

    union all

    select
        scoring_date,
        'scoring_models' as rule_file,
        scoring_model,
        'max_behaviour_points' as rule_name,
        'max_behaviour_points' as cap_name,
        max_behaviour_points as cap,
        most_behaviour_points as most_points

    from most_parts

),

final as (

    select
        scoring_date,
        rule_file,
        scoring_model,
        rule_name,
        'cap_not_reached' as warning_code,
        'No lead reaches its ' || cap_name || ' (' || {{ plain_number('cap') }} || '): the most is '
        || {{ plain_number('most_points') }} || '.' as warning

    from caps

    where most_points < cap

    union all

    select distinct
        scoring_dates.scoring_date,
        'behaviour_points' as rule_file,
        behaviour_rules.scoring_model,
        behaviour_rules.category as rule_name,
        'category_without_cap' as warning_code,
        'The category has no row in behaviour_categories.csv for this model, so nothing limits it.'
            as warning

    from behaviour_rules

    cross join scoring_dates

    left join category_caps
        on behaviour_rules.scoring_model = category_caps.scoring_model
        and behaviour_rules.category = category_caps.category

    where behaviour_rules.category is not null and category_caps.category is null

)

select * from final
