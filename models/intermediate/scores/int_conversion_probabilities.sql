-- One row per scoring that is published or a backtest, lead and scoring model with a probability model: the chance to be won.
with

features as (

    select * from {{ ref('int_predictive_features') }}

),

coefficients as (

    select
        {{ trim_text('scoring_model') }} as scoring_model,
        {{ trim_text('feature') }} as feature,
        coalesce({{ trim_text('rule_id') }}, '') as rule_id,
        cast({{ trim_text('coefficient') }} as numeric(20, 16)) as coefficient

    from {{ ref('predictive_coefficients') }}

),

-- every lead has an intercept; a feature without a coefficient says nothing
log_odds as (

    select
        features.scoring_id,
        features.lead_id,
        features.scoring_model,
        sum(cast(features.value * coefficients.coefficient as numeric(38, 20))) as log_odds

    from features

    inner join coefficients
        on features.scoring_model = coefficients.scoring_model
        and features.feature = coefficients.feature
        and coalesce(features.rule_id, '') = coefficients.rule_id

    group by
        features.scoring_id,
        features.lead_id,
        features.scoring_model

),

final as (

    select
        scoring_id,
        lead_id,
        scoring_model,
        cast(
            1 / (1 + exp(-cast(least(greatest(log_odds, -500), 500) as double precision))) as numeric(12, 10)
        ) as conversion_probability

    from log_odds

)

select * from final
