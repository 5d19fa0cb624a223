{{ config(enabled=var('backtest_from', '') != '') }}
-- One row per attribute value or activity type that customers have more often than others and that no rule names yet.
select
    scoring_model,
    kind,
    name,
    value,
    lead_count,
    won_lead_count,
    share_of_won,
    share_of_others,
    lift,
    lift_low

from {{ ref('attribute_conversion') }}

where
    not is_named_by_a_rule
    and lift_low > 1

order by
    lift_low desc,
    name asc,
    value asc
