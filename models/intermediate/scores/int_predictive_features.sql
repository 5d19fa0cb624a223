-- One row per scoring that is published or a backtest, lead, scoring model and feature of a probability model, where it is not 0.
{#- A view: it is summed up at once, and read by scripts/train_predictive.py. -#}
{{ config(materialized='view') }}
with

scorings as (

    select * from {{ ref('int_scorings') }}

    where
        is_published
        or is_backtest

),

lead_models as (

    select * from {{ ref('int_lead_models') }}

),

behaviour_contributions as (

    select * from {{ ref('int_behaviour_contributions') }}

),

attribute_contributions as (

    select * from {{ ref('int_attribute_contributions') }}

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

attribute_rules as (

    select * from {{ ref('int_attribute_rules') }}

),

final as (

    select
        scorings.scoring_id,
        lead_models.lead_id,
        lead_models.scoring_model,
        'intercept' as feature,
        cast(null as text) as rule_id,
        cast(1 as numeric(18, 4)) as value

    from lead_models

    inner join scorings
        on lead_models.created_on <= scorings.scoring_date

    union all

    select
        scorings.scoring_id,
        lead_models.lead_id,
        lead_models.scoring_model,
        'newness' as feature,
        cast(null as text) as rule_id,
        cast({{ quotient('30', '(30 + scorings.scoring_date - lead_models.created_on)') }} as numeric(18, 4)) as value

    from lead_models

    inner join scorings
        on lead_models.created_on <= scorings.scoring_date

    union all

    select
        behaviour_contributions.scoring_id,
        lead_models.lead_id,
        lead_models.scoring_model,
        'points' as feature,
        behaviour_rules.rule_id,
        cast(behaviour_contributions.points as numeric(18, 4)) as value

    from behaviour_contributions

    inner join scorings
        on behaviour_contributions.scoring_id = scorings.scoring_id

    inner join lead_models
        on behaviour_contributions.lead_model_number = lead_models.lead_model_number

    inner join behaviour_rules
        on behaviour_contributions.model_rule_number = behaviour_rules.model_rule_number

    union all

    select
        scorings.scoring_id,
        lead_models.lead_id,
        lead_models.scoring_model,
        'points' as feature,
        attribute_rules.rule_id,
        cast(attribute_contributions.points as numeric(18, 4)) as value

    from attribute_contributions

    inner join lead_models
        on attribute_contributions.lead_model_number = lead_models.lead_model_number

    inner join attribute_rules
        on attribute_contributions.model_rule_number = attribute_rules.model_rule_number

    inner join scorings
        on lead_models.created_on <= scorings.scoring_date

)

select * from final
