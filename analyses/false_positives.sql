{{ config(enabled=var('backtest_from', '') != '') }}
-- One row per rule that gives points although sales reject its leads more often than others, the worst first.
select
    scoring_model,
    rule_id,
    rule_in_words,
    rule_points,
    judged_count,
    rejection_rate,
    rejection_lift,
    rejection_reasons,
    win_rate,
    lift,
    lift_high

from {{ ref('rule_performance') }}

where
    rule_points > 0
    and judged_count >= 10
    and rejection_lift > 1

order by
    rejection_lift desc,
    rule_id asc
