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

final as (

    select distinct
        scoring_models.scoring_model,
        threshold_requirements.threshold,
        threshold_requirements.rule_id

    from threshold_requirements

    inner join scoring_models
        on threshold_requirements.scoring_model in ('*', scoring_models.scoring_model)

)

select * from final
