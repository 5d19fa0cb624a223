-- One row per scoring date, lead, scoring model and threshold that holds.
with

lead_scores as (

    select * from {{ ref('int_lead_scores') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

required_rules as (

    select * from {{ ref('int_required_rules') }}

),

-- a fit rule that its group sets aside did fire, but does not count
required_rules_fired as (

    select
        rule_contributions.scoring_date,
        rule_contributions.lead_id,
        rule_contributions.scoring_model,
        required_rules.threshold,
        count(*) as fired_count

    from {{ ref('int_rule_contributions') }} as rule_contributions

    inner join required_rules
        on rule_contributions.scoring_model = required_rules.scoring_model
        and rule_contributions.rule_id = required_rules.rule_id

    where rule_contributions.is_counting

    group by
        rule_contributions.scoring_date,
        rule_contributions.lead_id,
        rule_contributions.scoring_model,
        required_rules.threshold

),

final as (

    select
        lead_scores.scoring_date,
        lead_scores.lead_id,
        lead_scores.scoring_model,
        thresholds.threshold

    from lead_scores

    -- a model without thresholds has none that could hold
    inner join thresholds
        on lead_scores.scoring_model = thresholds.scoring_model

    left join required_rules_fired
        on lead_scores.scoring_date = required_rules_fired.scoring_date
        and lead_scores.lead_id = required_rules_fired.lead_id
        and lead_scores.scoring_model = required_rules_fired.scoring_model
        and thresholds.threshold = required_rules_fired.threshold

    where
        not lead_scores.is_disqualified
        and lead_scores.score >= thresholds.min_score
        and lead_scores.fit_points >= coalesce(thresholds.min_fit_points, lead_scores.fit_points)
        and lead_scores.behaviour_points >= coalesce(thresholds.min_behaviour_points, lead_scores.behaviour_points)
        and coalesce(required_rules_fired.fired_count, 0) = thresholds.required_rule_count

)

select * from final
