-- One row per scoring that is published, recorded or a backtest, lead, scoring model and threshold that holds.
with

-- of days that are only compared with, or foreseen, nothing but the score is asked for
judged_scorings as (

    select scoring_id

    from {{ ref('int_scorings') }}

    where
        not is_compared
        and outlook_days is null

),

score_parts as (

    select * from {{ ref('int_score_parts') }}

    where scoring_id in (select judged_scorings.scoring_id from judged_scorings)

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

required_rules as (

    select * from {{ ref('int_required_rules') }}

),

-- what a lead is holds in every scoring; a fit rule that its group sets aside did fire, but does not count
required_attributes_held as (

    select
        attribute_contributions.lead_model_number,
        required_rules.threshold,
        count(*) as fired_count

    from {{ ref('int_attribute_contributions') }} as attribute_contributions

    inner join required_rules
        on attribute_contributions.model_rule_number = required_rules.attribute_rule_number

    where attribute_contributions.is_counting

    group by
        attribute_contributions.lead_model_number,
        required_rules.threshold

),

required_behaviour_seen as (

    select
        behaviour_contributions.scoring_id,
        behaviour_contributions.lead_model_number,
        required_rules.threshold,
        count(*) as fired_count

    from {{ ref('int_behaviour_contributions') }} as behaviour_contributions

    inner join required_rules
        on behaviour_contributions.model_rule_number = required_rules.behaviour_rule_number

    group by
        behaviour_contributions.scoring_id,
        behaviour_contributions.lead_model_number,
        required_rules.threshold

),

final as (

    select
        score_parts.scoring_id,
        score_parts.lead_model_number,
        thresholds.threshold

    from score_parts

    -- a model without thresholds has none that could hold
    inner join thresholds
        on score_parts.scoring_model = thresholds.scoring_model

    left join required_attributes_held
        on score_parts.lead_model_number = required_attributes_held.lead_model_number
        and thresholds.threshold = required_attributes_held.threshold

    left join required_behaviour_seen
        on score_parts.scoring_id = required_behaviour_seen.scoring_id
        and score_parts.lead_model_number = required_behaviour_seen.lead_model_number
        and thresholds.threshold = required_behaviour_seen.threshold

    where
        not score_parts.is_disqualified
        and score_parts.score >= thresholds.min_score
        and score_parts.fit_points >= coalesce(thresholds.min_fit_points, score_parts.fit_points)
        and score_parts.behaviour_points >= coalesce(thresholds.min_behaviour_points, score_parts.behaviour_points)
        and coalesce(required_attributes_held.fired_count, 0) + coalesce(required_behaviour_seen.fired_count, 0)
        = thresholds.required_rule_count

)

select * from final
