-- One row per lead, scoring model and threshold that holds: the last day on which it still would if nothing more happened.
{#-
    Only leads for which a threshold holds are followed from day to day: they are few, and all leads would be too many. They
    are followed for some days at first, and those for which it still holds for some more, since most lose it soon.
-#}
{%- set horizon = whole_number_var('outlook_horizon_days', 90) %}
{%- set stages = [(1, 3), (4, 8), (9, 18), (19, 40), (41, horizon)] | selectattr(0, 'le', horizon) | list %}
-- depends_on: {{ ref('int_rule_faults') }}
with

scorings as (

    select * from {{ ref('int_scorings') }}

),

published as (

    select * from scorings

    where is_published

),

coming_days as (

    select
        scorings.*,
        scorings.scoring_date - published.scoring_date as days_ahead

    from scorings

    cross join published

    where scorings.is_for_flagged

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

required_rules as (

    select * from {{ ref('int_required_rules') }}

),

category_caps as (

    select
        {{ trim_text('scoring_model') }} as scoring_model,
        {{ trim_text('category') }} as category,
        {{ read_points('max_points') }} as max_points

    from {{ ref('behaviour_categories') }}

),

-- rules, their categories and leads are told apart by number while days are counted: texts would cost twice as much
behaviour_rules as {{ kept_step() }} (

    select
        rules.*,
        cast(row_number() over (order by rules.scoring_model asc, rules.rule_id asc) as integer) as model_rule_number,
        -- a penalty belongs to no category
        case
            when rules.points >= 0
                then cast(dense_rank() over (order by rules.scoring_model asc, rules.category asc) as integer)
        end as category_number,
        category_caps.max_points as category_max_points

    from {{ ref('int_behaviour_rules') }} as rules

    left join category_caps
        on rules.category = category_caps.category
        and category_caps.scoring_model in ('*', rules.scoring_model)

),

decay_multipliers as (

    select * from {{ ref('int_decay_multipliers') }}

),

rule_days as (

    select * from {{ ref('int_rule_days') }}

),

flagged as {{ kept_step() }} (

    select
        thresholds_held.lead_id,
        thresholds_held.scoring_model,
        thresholds_held.threshold

    from {{ ref('int_thresholds_held') }} as thresholds_held

    inner join published
        on thresholds_held.scoring_id = published.scoring_id

),

-- who the lead is stays as it is: its fit, and what its attributes take off
flagged_leads as {{ kept_step() }} (

    select
        cast(row_number() over (order by score_parts.lead_id asc, score_parts.scoring_model asc) as integer)
            as lead_model_number,
        lead_models.lead_number,
        published.known_on,
        score_parts.lead_id,
        score_parts.scoring_model,
        score_parts.min_score,
        score_parts.max_score,
        score_parts.max_behaviour_points,
        score_parts.fit_points,
        score_parts.penalty_points - coalesce(sum(behaviour_contributions.points), 0) as attribute_penalty_points

    from (
        select distinct
            lead_id,
            scoring_model

        from flagged
    ) as leads

    cross join published

    inner join {{ ref('int_score_parts') }} as score_parts
        on published.scoring_id = score_parts.scoring_id
        and leads.lead_id = score_parts.lead_id
        and leads.scoring_model = score_parts.scoring_model

    inner join {{ ref('int_lead_models') }} as lead_models
        on leads.lead_id = lead_models.lead_id
        and leads.scoring_model = lead_models.scoring_model

    left join {{ ref('int_behaviour_contributions') }} as behaviour_contributions
        on published.scoring_id = behaviour_contributions.scoring_id
        and leads.lead_id = behaviour_contributions.lead_id
        and leads.scoring_model = behaviour_contributions.scoring_model
        and behaviour_contributions.contribution_type = 'penalty'

    group by
        lead_models.lead_number,
        published.known_on,
        score_parts.lead_id,
        score_parts.scoring_model,
        score_parts.min_score,
        score_parts.max_score,
        score_parts.max_behaviour_points,
        score_parts.fit_points,
        score_parts.penalty_points

),

-- what is followed from day to day
flags as {{ kept_step() }} (

    select
        flagged_leads.lead_model_number,
        flagged.threshold

    from flagged

    inner join flagged_leads
        on flagged.lead_id = flagged_leads.lead_id
        and flagged.scoring_model = flagged_leads.scoring_model

),

activity_days as {{ kept_step() }} (

    select
        flagged_leads.lead_model_number,
        behaviour_rules.model_rule_number,
        rule_days.occurred_on,
        rule_days.activity_count

    from flagged_leads

    inner join rule_days
        on flagged_leads.lead_number = rule_days.lead_number
        and flagged_leads.known_on = rule_days.known_on

    inner join behaviour_rules
        on rule_days.rule_number = behaviour_rules.rule_number
        and flagged_leads.scoring_model = behaviour_rules.scoring_model

),

-- of the rules that a threshold requires only those on behaviour can cease to fire
required_behaviour as (

    select
        required_rules.scoring_model,
        required_rules.threshold,
        behaviour_rules.model_rule_number

    from required_rules

    inner join behaviour_rules
        on required_rules.scoring_model = behaviour_rules.scoring_model
        and required_rules.rule_id = behaviour_rules.rule_id

),

required_counts as (

    select
        scoring_model,
        threshold,
        count(*) as rule_count

    from required_behaviour

    group by
        scoring_model,
        threshold

),
{%- for first_day, last_day in stages %}

-- the first day on which it no longer holds ends it, even if it would hold again when a penalty has faded
first_days_without_{{ loop.index }} as {{ kept_step() }} (

    with

    followed as (

        select
            lead_model_number,
            threshold
        {%- if loop.first %}

        from flags
        {%- else %}

        from first_days_without_{{ loop.index0 }}

        where ended_on is null
        {%- endif %}

    ),

    followed_leads as (

        select * from flagged_leads

        where lead_model_number in (select followed.lead_model_number from followed)

    ),

    stage_days as (

        select * from coming_days

        where days_ahead between {{ first_day }} and {{ last_day }}

    ),

    followed_days as (

        select activity_days.*

        from activity_days

        inner join followed_leads
            on activity_days.lead_model_number = followed_leads.lead_model_number

        -- first the leads that are left, then their days ahead: most have lost their flag by then
        {{ evaluate_once() }}

    ),

    -- kept, so that nothing is summed up for the days of other stages
    stage_multipliers as {{ kept_step() }} (

        select
            decay_multipliers.scoring_id,
            decay_multipliers.occurred_on,
            decay_multipliers.multiplier_units,
            behaviour_rules.model_rule_number

        from decay_multipliers

        inner join stage_days
            on decay_multipliers.scoring_id = stage_days.scoring_id

        inner join behaviour_rules
            on decay_multipliers.decay_curve = behaviour_rules.decay_curve

    ),

    summed as (

        select
            stage_multipliers.scoring_id,
            followed_days.lead_model_number,
            followed_days.model_rule_number,
            sum(followed_days.activity_count * stage_multipliers.multiplier_units) as multiplier_units,
            min(followed_days.occurred_on) as first_activity_on

        from followed_days

        inner join stage_multipliers
            on followed_days.model_rule_number = stage_multipliers.model_rule_number
            and followed_days.occurred_on = stage_multipliers.occurred_on

        group by
            stage_multipliers.scoring_id,
            followed_days.lead_model_number,
            followed_days.model_rule_number

    ),

    rule_points as (

        select
            summed.scoring_id,
            summed.lead_model_number,
            summed.model_rule_number,
            behaviour_rules.category_number,
            behaviour_rules.category_max_points,
            {{ capped_behaviour_points(
                'behaviour_rules', 'summed.multiplier_units', 'oldest.multiplier_units'
            ) }} as points

        from summed

        inner join behaviour_rules
            on summed.model_rule_number = behaviour_rules.model_rule_number

        inner join stage_multipliers as oldest
            on summed.scoring_id = oldest.scoring_id
            and summed.model_rule_number = oldest.model_rule_number
            and summed.first_activity_on = oldest.occurred_on

    ),

    category_points as (

        select
            scoring_id,
            lead_model_number,
            case
                when sum(points) > max(category_max_points) then max(category_max_points)
                else sum(points)
            end as points

        from rule_points

        where category_number is not null

        group by
            scoring_id,
            lead_model_number,
            category_number

    ),

    behaviour_parts as (

        select
            scoring_id,
            lead_model_number,
            sum(behaviour_points) as behaviour_points,
            sum(penalty_points) as penalty_points

        from (
            select
                scoring_id,
                lead_model_number,
                points as behaviour_points,
                0 as penalty_points

            from category_points

            union all

            select
                scoring_id,
                lead_model_number,
                0 as behaviour_points,
                points as penalty_points

            from rule_points

            where category_number is null
        ) as parts

        group by
            scoring_id,
            lead_model_number

    ),

    capped as (

        select
            stage_days.scoring_id,
            stage_days.scoring_date,
            followed_leads.lead_model_number,
            followed_leads.scoring_model,
            followed_leads.min_score,
            followed_leads.max_score,
            followed_leads.fit_points,
            followed_leads.attribute_penalty_points + coalesce(behaviour_parts.penalty_points, 0) as penalty_points,
            case
                when behaviour_parts.behaviour_points > followed_leads.max_behaviour_points
                    then followed_leads.max_behaviour_points
                else coalesce(behaviour_parts.behaviour_points, 0)
            end as behaviour_points

        from followed_leads

        cross join stage_days

        left join behaviour_parts
            on stage_days.scoring_id = behaviour_parts.scoring_id
            and followed_leads.lead_model_number = behaviour_parts.lead_model_number

    ),

    scored as (

        select
            scoring_id,
            scoring_date,
            lead_model_number,
            scoring_model,
            behaviour_points,
            round(least(greatest(fit_points + behaviour_points + penalty_points, min_score), max_score), 0) as score

        from capped

    ),

    required_seen as (

        select
            rule_points.scoring_id,
            rule_points.lead_model_number,
            required_behaviour.threshold,
            count(*) as rule_count

        from rule_points

        inner join required_behaviour
            on rule_points.model_rule_number = required_behaviour.model_rule_number

        group by
            rule_points.scoring_id,
            rule_points.lead_model_number,
            required_behaviour.threshold

    )

    select
        followed.lead_model_number,
        followed.threshold,
        min(
            case
                when
                    scored.score >= thresholds.min_score
                    and scored.behaviour_points >= coalesce(thresholds.min_behaviour_points, scored.behaviour_points)
                    and coalesce(required_seen.rule_count, 0) = coalesce(required_counts.rule_count, 0)
                    then null
                else scored.scoring_date
            end
        ) as ended_on

    from followed

    inner join scored
        on followed.lead_model_number = scored.lead_model_number

    inner join thresholds
        on scored.scoring_model = thresholds.scoring_model
        and followed.threshold = thresholds.threshold

    left join required_counts
        on scored.scoring_model = required_counts.scoring_model
        and followed.threshold = required_counts.threshold

    left join required_seen
        on scored.scoring_id = required_seen.scoring_id
        and followed.lead_model_number = required_seen.lead_model_number
        and followed.threshold = required_seen.threshold

    group by
        followed.lead_model_number,
        followed.threshold

),
{%- endfor %}

ended as (
    {%- for first_day, last_day in stages %}

    select
        lead_model_number,
        threshold,
        ended_on

    from first_days_without_{{ loop.index }}
    {%- if not loop.last %}

    where ended_on is not null

    union all
    {%- endif %}
    {%- endfor %}

),

final as (

    select
        flagged_leads.lead_id,
        flagged_leads.scoring_model,
        ended.threshold,
        ended.ended_on - 1 as held_until

    from ended

    inner join flagged_leads
        on ended.lead_model_number = flagged_leads.lead_model_number

)

select * from final
