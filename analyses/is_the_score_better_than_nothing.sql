{{ config(enabled=var('backtest_from', '') != '') }}
-- One row per scoring model and ranking: its AUC, with its interval, the best first.
select
    scoring_model,
    ranking,
    value as auc,
    value_low as auc_low,
    value_high as auc_high

from {{ ref('model_performance') }}

where metric = 'auc'

order by
    scoring_model asc,
    auc desc
