-- One row per distinct activity type and asset, and behaviour rule that it matches; an activity without an asset has an empty one.
with

activity_counts as (

    select * from {{ ref('int_activity_counts') }}

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

-- with one scoring a curve's window is all days between these; with several some of the days may lie in none
windows as (

    select
        decay_curve,
        min(occurred_on) as counts_from,
        max(occurred_on) as counts_until

    from {{ ref('int_decay_multipliers') }}

    group by decay_curve

),

-- patterns are matched with distinct assets, not with activities: the cost follows the vocabulary
assets as (

    select distinct
        activity_type,
        coalesce(asset, '') as asset

    from activity_counts

    where
        rejection_code is null
        and not is_bot

),

lower_assets as (

    select
        activity_type,
        asset,
        {{ lower_case('asset') }} as lower_asset

    from assets

),

patterns as (

    select
        rule_model,
        rule_id,
        rule_number,
        activity_type,
        daily_limit,
        decay_curve,
        {{ like_pattern('asset_pattern') }} as asset_pattern

    from behaviour_rules

    group by
        rule_model,
        rule_id,
        rule_number,
        activity_type,
        daily_limit,
        decay_curve,
        asset_pattern

),

final as (

    select
        lower_assets.activity_type,
        lower_assets.asset,
        patterns.rule_model,
        patterns.rule_id,
        patterns.rule_number,
        patterns.daily_limit,
        patterns.decay_curve,
        windows.counts_from,
        windows.counts_until

    from lower_assets

    -- activities that no rule names earn nothing
    inner join patterns
        on lower_assets.activity_type = patterns.activity_type
        and (
            patterns.asset_pattern is null
            or (lower_assets.asset <> '' and lower_assets.lower_asset like patterns.asset_pattern escape '!')
        )

    -- nor do those of a curve without any day
    inner join windows
        on patterns.decay_curve = windows.decay_curve

)

select * from final
