-- One row per scoring model, threshold and rule that the threshold requires to have fired, `*` spelled out.
-- depends_on: {{ ref('int_rule_faults') }}
with

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

threshold_requirements as (

    select
        {{ trim_text('scoring_model') }} as scoring_model,
        {{ trim_text('threshold') }} as threshold,
        {{ trim_text('rule_id') }} as rule_id

    from {{ ref('threshold_requirements') }}

),

attribute_rules as (

    select * from {{ ref('int_attribute_rules') }}

    where rule_family <> 'audience'

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

final as (

    select distinct
        scoring_models.scoring_model,
        threshold_requirements.threshold,
        threshold_requirements.rule_id,
        attribute_rules.model_rule_number as attribute_rule_number,
        behaviour_rules.model_rule_number as behaviour_rule_number

    from threshold_requirements

    inner join scoring_models
        on threshold_requirements.scoring_model in ('*', scoring_models.scoring_model)

    left join attribute_rules
        on scoring_models.scoring_model = attribute_rules.scoring_model
        and threshold_requirements.rule_id = attribute_rules.rule_id

    left join behaviour_rules
        on scoring_models.scoring_model = behaviour_rules.scoring_model
        and threshold_requirements.rule_id = behaviour_rules.rule_id

)

select * from final
