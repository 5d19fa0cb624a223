-- One row per scoring model and threshold, `*` spelled out, with the number of rules that it requires.
-- depends_on: {{ ref('int_rule_faults') }}
with

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

score_thresholds as (

    select
        {{ trim_text('scoring_model') }} as scoring_model,
        {{ trim_text('threshold') }} as threshold,
        {{ read_points('min_score') }} as min_score,
        {{ read_points('min_fit_points') }} as min_fit_points,
        {{ read_points('min_behaviour_points') }} as min_behaviour_points,
        {{ read_points('exit_score') }} as exit_score

    from {{ ref('score_thresholds') }}

),

required_rules as (

    select * from {{ ref('int_required_rules') }}

),

final as (

    select
        scoring_models.scoring_model,
        score_thresholds.threshold,
        score_thresholds.min_score,
        score_thresholds.min_fit_points,
        score_thresholds.min_behaviour_points,
        coalesce(score_thresholds.exit_score, score_thresholds.min_score) as exit_score,
        cast(count(required_rules.rule_id) as integer) as required_rule_count

    from score_thresholds

    inner join scoring_models
        on score_thresholds.scoring_model in ('*', scoring_models.scoring_model)

    left join required_rules
        on scoring_models.scoring_model = required_rules.scoring_model
        and score_thresholds.threshold = required_rules.threshold

    group by
        scoring_models.scoring_model,
        score_thresholds.threshold,
        score_thresholds.min_score,
        score_thresholds.min_fit_points,
        score_thresholds.min_behaviour_points,
        score_thresholds.exit_score

)

select * from final
