{{ config(enabled=var('backtest_from', '') != '') }}
-- One row per scoring model and score at which a threshold stands or should stand.
select
    scoring_model,
    threshold_score,
    present_thresholds,
    is_recommended_for_capacity,
    is_recommended_for_precision,
    leads_per_week,
    expected_wins_per_week,
    precision,
    recall,
    next_call_value,
    advice

from {{ ref('threshold_analysis') }}

where
    present_thresholds is not null
    or is_recommended_for_capacity
    or is_recommended_for_precision

order by
    scoring_model asc,
    threshold_score asc
