-- One row per backtest day, lead and scoring model: the score of that day, by what was known then, and what came of the lead.
{%- set outcome_days = whole_number_var('outcome_days', 90) %}
with

scorings as (

    select * from {{ ref('int_scorings') }}

    where is_backtest

),

lead_scores as (

    select * from {{ ref('int_lead_scores') }}

),

leads as (

    select * from {{ ref('int_leads') }}

),

activities as (

    select * from {{ ref('int_scorable_activities') }}

),

opportunities as (

    select * from {{ ref('int_decided_opportunities') }}

),

rules_version as (

    select * from {{ ref('int_rules_version') }}

),

contributions as (

    select
        scoring_id,
        lead_model_number,
        sum(points) as points,
        sum(points_before_decay) as points_before_decay

    from {{ ref('int_behaviour_contributions') }}

    group by
        scoring_id,
        lead_model_number

),

lead_days as (

    select
        lead_id,
        occurred_on,
        arrived_on,
        superseded_on,
        count(*) as activity_count

    from activities

    group by
        lead_id,
        occurred_on,
        arrived_on,
        superseded_on

),

counted as (

    select
        scorings.scoring_id,
        lead_days.lead_id,
        sum(lead_days.activity_count) as activity_count,
        max(lead_days.occurred_on) as last_activity_on

    from lead_days

    -- of the rows of one activity the one counts that was known to be the right one
    inner join scorings
        on lead_days.occurred_on <= scorings.scoring_date
        and lead_days.arrived_on <= scorings.known_on
        and (lead_days.superseded_on is null or lead_days.superseded_on > scorings.known_on)

    group by
        scorings.scoring_id,
        lead_days.lead_id

),

-- a lead that was won or lost by the day is not open any more
decided as (

    select
        scorings.scoring_id,
        opportunities.lead_id,
        min(opportunities.decided_on) as decided_on

    from opportunities

    inner join scorings
        on opportunities.decided_on <= scorings.scoring_date

    group by
        scorings.scoring_id,
        opportunities.lead_id

),

probabilities as (

    select * from {{ ref('int_conversion_probabilities') }}

),

-- what came of the lead after the day is never used for the score of the day
won as (

    select
        scorings.scoring_id,
        opportunities.lead_id,
        min(opportunities.decided_on) as won_on,
        sum(opportunities.won_amount) as won_amount

    from opportunities

    inner join scorings
        on opportunities.decided_on > scorings.scoring_date
        and opportunities.decided_on <= scorings.scoring_date + {{ outcome_days }}

    where opportunities.is_win

    group by
        scorings.scoring_id,
        opportunities.lead_id

),

final as (

    select
        scorings.scoring_date as backtest_day,
        lead_scores.lead_id,
        lead_scores.scoring_model,
        lead_scores.score,
        lead_scores.fit_points,
        lead_scores.behaviour_points,
        lead_scores.penalty_points,
        lead_scores.uncapped_points,
        cast(
            lead_scores.uncapped_points + coalesce(contributions.points_before_decay - contributions.points, 0)
            as numeric(18, 4)
        ) as points_without_decay,
        lead_scores.segment,
        lead_scores.is_marketing_qualified,
        lead_scores.is_sales_ready,
        lead_scores.is_disqualified,
        cast(coalesce(counted.activity_count, 0) as integer) as activity_count,
        counted.last_activity_on,
        cast(leads.created_at as date) as lead_created_on,
        won.won_on is not null as is_won,
        cast(won.won_on - scorings.scoring_date as integer) as days_to_win,
        cast(won.won_amount as numeric(38, 2)) as won_amount,
        cast({{ outcome_days }} as integer) as outcome_days,
        case when not lead_scores.is_disqualified then probabilities.conversion_probability end
            as conversion_probability,
        rules_version.rules_version

    from lead_scores

    inner join scorings
        on lead_scores.scoring_id = scorings.scoring_id

    inner join leads
        on lead_scores.lead_id = leads.lead_id

    cross join rules_version

    left join contributions
        on lead_scores.scoring_id = contributions.scoring_id
        and lead_scores.lead_model_number = contributions.lead_model_number

    left join counted
        on lead_scores.scoring_id = counted.scoring_id
        and lead_scores.lead_id = counted.lead_id

    left join probabilities
        on lead_scores.scoring_id = probabilities.scoring_id
        and lead_scores.lead_id = probabilities.lead_id
        and lead_scores.scoring_model = probabilities.scoring_model

    left join decided
        on lead_scores.scoring_id = decided.scoring_id
        and lead_scores.lead_id = decided.lead_id

    left join won
        on lead_scores.scoring_id = won.scoring_id
        and lead_scores.lead_id = won.lead_id

    where decided.lead_id is null

)

select * from final
