-- One row per scoring date, lead, scoring model and rule that fired, in words: the spine that every published score is summed from.
{#- A view: the rows stand in two tables already. -#}
{{ config(materialized='view') }}
with

published as (

    select
        scoring_id,
        scoring_date

    from {{ ref('int_scorings') }}

    where is_published

),

attribute_contributions as (

    select * from {{ ref('int_attribute_contributions') }}

),

behaviour_contributions as (

    select * from {{ ref('int_behaviour_contributions') }}

),

attribute_rules as (

    select * from {{ ref('int_attribute_rules') }}

    where rule_family in ('fit', 'negative')

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

final as (

    select
        published.scoring_date,
        attribute_contributions.lead_id,
        attribute_contributions.scoring_model,
        attribute_contributions.contribution_type,
        attribute_contributions.rule_id,
        attribute_contributions.points,
        attribute_contributions.points as points_before_decay,
        cast(null as integer) as activity_count,
        cast(null as timestamp) as latest_activity_at,
        case
            when attribute_contributions.is_counting then attribute_rules.words
            else
                attribute_rules.words
                || ' (not counted: ' || attribute_contributions.counting_rule_id || ' counts instead)'
        end as reason,
        attribute_rules.words,
        cast(null as text) as category,
        attribute_contributions.is_counting,
        attribute_contributions.is_disqualifying

    from attribute_contributions

    inner join attribute_rules
        on attribute_contributions.scoring_model = attribute_rules.scoring_model
        and attribute_contributions.rule_id = attribute_rules.rule_id

    -- who becomes a lead later has no score yet
    inner join published
        on attribute_contributions.created_on <= published.scoring_date

    union all

    select
        published.scoring_date,
        behaviour_contributions.lead_id,
        behaviour_contributions.scoring_model,
        behaviour_contributions.contribution_type,
        behaviour_contributions.rule_id,
        behaviour_contributions.points,
        behaviour_contributions.points_before_decay,
        behaviour_contributions.activity_count,
        behaviour_contributions.latest_activity_at,
        behaviour_rules.words
        || case
            when behaviour_contributions.activity_count > 1
                then ' ' || cast(behaviour_contributions.activity_count as text) || ' times, last '
            else ' '
        end
        || {{ days_ago(
            age_in_days('cast(behaviour_contributions.latest_activity_at as date)', 'published.scoring_date')
        ) }} as reason,
        behaviour_rules.words,
        behaviour_contributions.category,
        true as is_counting,
        false as is_disqualifying

    from behaviour_contributions

    inner join published
        on behaviour_contributions.scoring_id = published.scoring_id

    inner join behaviour_rules
        on behaviour_contributions.scoring_model = behaviour_rules.scoring_model
        and behaviour_contributions.rule_id = behaviour_rules.rule_id

)

select * from final
