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

model_rules as (

    select * from {{ ref('int_model_rules') }}

),

contributions as (

    select
        published.scoring_date,
        attribute_contributions.lead_model_number,
        attribute_contributions.model_rule_number,
        attribute_contributions.counting_rule_number,
        attribute_contributions.points,
        attribute_contributions.points as points_before_decay,
        cast(null as integer) as activity_count,
        cast(null as timestamp) as latest_activity_at

    from {{ ref('int_attribute_contributions') }} as attribute_contributions

    cross join published

    union all

    select
        published.scoring_date,
        behaviour_contributions.lead_model_number,
        behaviour_contributions.model_rule_number,
        cast(null as integer) as counting_rule_number,
        behaviour_contributions.points,
        behaviour_contributions.points_before_decay,
        behaviour_contributions.activity_count,
        behaviour_contributions.latest_activity_at

    from {{ ref('int_behaviour_contributions') }} as behaviour_contributions

    inner join published
        on behaviour_contributions.scoring_id = published.scoring_id

),

final as (

    select
        contributions.scoring_date,
        contributions.lead_model_number,
        lead_models.lead_id,
        lead_models.scoring_model,
        contributions.model_rule_number,
        model_rules.rule_order,
        model_rules.contribution_type,
        model_rules.rule_id,
        contributions.points,
        contributions.points_before_decay,
        contributions.activity_count,
        contributions.latest_activity_at,
        {{ reason_in_words('model_rules', 'contributions') }}
        || case
            when contributions.counting_rule_number is not null
                then ' (not counted: ' || counting_rules.rule_id || ' counts instead)'
            else ''
        end as reason,
        model_rules.words,
        model_rules.category,
        contributions.counting_rule_number is null as is_counting,
        model_rules.is_disqualifying

    from contributions

    inner join model_rules
        on contributions.model_rule_number = model_rules.model_rule_number

    left join model_rules as counting_rules
        on contributions.counting_rule_number = counting_rules.model_rule_number

    -- who becomes a lead later has no score yet
    inner join lead_models
        on contributions.lead_model_number = lead_models.lead_model_number
        and contributions.scoring_date >= lead_models.created_on

)

select * from final
