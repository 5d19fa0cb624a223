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

lead_models as (

    select * from {{ ref('int_lead_models') }}

),

attribute_contributions as (

    select * from {{ ref('int_attribute_contributions') }}

),

behaviour_contributions as (

    select * from {{ ref('int_behaviour_contributions') }}

),

attribute_rules as (

    select * from {{ ref('int_attribute_rules') }}

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

final as (

    select
        published.scoring_date,
        lead_models.lead_model_number,
        lead_models.lead_id,
        lead_models.scoring_model,
        case when attribute_rules.rule_family = 'fit' then 'fit' else 'penalty' end as contribution_type,
        attribute_rules.rule_id,
        attribute_contributions.points,
        attribute_contributions.points as points_before_decay,
        cast(null as integer) as activity_count,
        cast(null as timestamp) as latest_activity_at,
        case
            when attribute_contributions.is_counting then attribute_rules.words
            else
                attribute_rules.words
                || ' (not counted: ' || counting_rules.rule_id || ' counts instead)'
        end as reason,
        attribute_rules.words,
        cast(null as text) as category,
        attribute_contributions.is_counting,
        attribute_rules.is_disqualifying

    from attribute_contributions

    inner join attribute_rules
        on attribute_contributions.model_rule_number = attribute_rules.model_rule_number

    left join attribute_rules as counting_rules
        on attribute_contributions.counting_rule_number = counting_rules.model_rule_number

    inner join lead_models
        on attribute_contributions.lead_model_number = lead_models.lead_model_number

    -- who becomes a lead later has no score yet
    inner join published
        on lead_models.created_on <= published.scoring_date

    union all

    select
        published.scoring_date,
        lead_models.lead_model_number,
        lead_models.lead_id,
        lead_models.scoring_model,
        case when behaviour_rules.points >= 0 then 'behaviour' else 'penalty' end as contribution_type,
        behaviour_rules.rule_id,
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
        behaviour_rules.category,
        true as is_counting,
        false as is_disqualifying

    from behaviour_contributions

    inner join published
        on behaviour_contributions.scoring_id = published.scoring_id

    inner join behaviour_rules
        on behaviour_contributions.model_rule_number = behaviour_rules.model_rule_number

    inner join lead_models
        on behaviour_contributions.lead_model_number = lead_models.lead_model_number

)

select * from final
