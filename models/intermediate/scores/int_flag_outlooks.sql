-- One row per lead, scoring model and threshold that holds: the last day on which it still would if nothing more happened.
{#-
    Only leads for which a threshold holds are looked at: they are few, and all leads would be too many. Where points can but
    fade, the first day without the flag is searched between a day that is sure to have it and one that is not: on no day up
    to a later one are there fewer behaviour points than on that day, or more penalty points than on the first one. The first
    round takes the days that are scored for all leads anyway. The next ones try the day on which the points would no longer
    do if they faded at one rate from the one day to the other, which is mostly the right one; the rounds after them halve
    what is left. An activity that is dated ahead counts from its day on, so that the days up to it, and those from it on, are
    searched apart. In the last round, and where points may rise at any time, days are followed one after the other, a few in
    the first rounds and more in each later one, since most flags are lost soon.
-#}
{%- set horizon = whole_number_var('outlook_horizon_days', 90) %}
{%- set found = namespace(halvings=0) %}
{%- for power in range(30) if 2 ** power < horizon %}
{%- set found.halvings = found.halvings + 1 %}
{%- endfor %}
{%- set guesses = 3 %}
{#- few flags are left by then, and to follow these few for some days costs less than more rounds for all -#}
{%- set rounds = guesses + [found.halvings - 4, 0] | max + 1 %}
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
        scorings.scoring_id,
        cast(scorings.scoring_date - published.scoring_date as integer) as days_ahead

    from scorings

    cross join published

    where scorings.is_for_flagged

),

-- days ahead that are scored for all leads, but those without behaviour
outlook_days as (

    select
        scoring_id,
        outlook_days as days_ahead

    from scorings

    where
        not is_for_flagged
        and outlook_days <= {{ horizon }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

behaviour_rules as (

    select
        *,
        {{ rule_point_units() | indent(4) }},
        cast(category_max_points * 10000 as bigint) as category_max_point_units

    from {{ ref('int_behaviour_rules') }}

),

coming_multipliers as {{ kept_step() }} (

    select
        coming_days.scoring_id,
        coming_days.days_ahead,
        decay_multipliers.decay_curve,
        decay_multipliers.occurred_on,
        decay_multipliers.age_days,
        decay_multipliers.multiplier_units

    from {{ ref('int_decay_multipliers') }} as decay_multipliers

    inner join coming_days
        on decay_multipliers.scoring_id = coming_days.scoring_id

),

rule_multipliers as {{ kept_step() }} (

    select
        coming_multipliers.scoring_id,
        coming_multipliers.occurred_on,
        coming_multipliers.age_days,
        coming_multipliers.multiplier_units,
        behaviour_rules.model_rule_number

    from coming_multipliers

    inner join behaviour_rules
        on coming_multipliers.decay_curve = behaviour_rules.decay_curve

),

rule_days as (

    select * from {{ ref('int_rule_days') }}

),

flagged as {{ kept_step() }} (

    select
        thresholds_held.lead_model_number,
        thresholds_held.threshold

    from {{ ref('int_thresholds_held') }} as thresholds_held

    inner join published
        on thresholds_held.scoring_id = published.scoring_id

),

behaviour_penalties as (

    select
        behaviour_contributions.lead_model_number,
        sum(behaviour_contributions.points) as points

    from {{ ref('int_behaviour_contributions') }} as behaviour_contributions

    inner join published
        on behaviour_contributions.scoring_id = published.scoring_id

    inner join behaviour_rules
        on behaviour_contributions.model_rule_number = behaviour_rules.model_rule_number
        and behaviour_rules.points < 0

    group by behaviour_contributions.lead_model_number

),

-- who the lead is stays as it is: its fit, and what its attributes take off
flagged_leads as {{ kept_step() }} (

    select
        score_parts.lead_model_number,
        lead_models.lead_number,
        published.scoring_date,
        published.known_on,
        score_parts.scoring_model,
        score_parts.min_score,
        score_parts.max_score,
        score_parts.max_behaviour_points,
        score_parts.fit_points,
        score_parts.behaviour_points,
        score_parts.penalty_points,
        score_parts.penalty_points - coalesce(behaviour_penalties.points, 0) as attribute_penalty_points

    from {{ ref('int_score_parts') }} as score_parts

    inner join published
        on score_parts.scoring_id = published.scoring_id

    inner join {{ ref('int_lead_models') }} as lead_models
        on score_parts.lead_model_number = lead_models.lead_model_number

    left join behaviour_penalties
        on score_parts.lead_model_number = behaviour_penalties.lead_model_number

    where score_parts.lead_model_number in (select flagged.lead_model_number from flagged)

),

activity_days as {{ kept_step() }} (

    select
        flagged_leads.lead_model_number,
        behaviour_rules.model_rule_number,
        rule_days.occurred_on,
        rule_days.occurred_on > flagged_leads.scoring_date as is_to_come,
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

    select * from {{ ref('int_required_rules') }}

    where behaviour_rule_number is not null

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

-- a curve of steps may rise with age
rising_curves as (

    select distinct decay_curve

    from (
        select
            decay_curve,
            multiplier_units > lag(multiplier_units) over (
                partition by decay_curve, occurred_on
                order by days_ahead asc
            ) as is_rising

        from coming_multipliers
    ) as days

    where is_rising

),

-- where repeats count less, the second activity counts as the first one once that is too old
rising_rules as (

    select behaviour_rules.model_rule_number

    from behaviour_rules

    left join rising_curves
        on behaviour_rules.decay_curve = rising_curves.decay_curve

    where
        (behaviour_rules.points >= 0 and behaviour_rules.repeat_points < 0)
        or (behaviour_rules.points < 0 and behaviour_rules.repeat_points > 0)
        or rising_curves.decay_curve is not null

),

-- and an activity that is dated ahead counts from its day on
days_to_come as {{ kept_step() }} (

    select distinct
        activity_days.lead_model_number,
        cast(activity_days.occurred_on - flagged_leads.scoring_date as integer) as days_ahead

    from activity_days

    inner join flagged_leads
        on activity_days.lead_model_number = flagged_leads.lead_model_number

    where
        activity_days.is_to_come
        and activity_days.occurred_on - flagged_leads.scoring_date <= {{ horizon }}

),

leads_with_days_to_come as (

    select distinct lead_model_number

    from days_to_come

),

rising_leads as (

    select distinct lead_model_number

    from activity_days

    where model_rule_number in (select rising_rules.model_rule_number from rising_rules)

),

-- where points fade up to a day, and where they begin to fade anew
stretch_days as (

    select
        lead_model_number,
        days_ahead

    from days_to_come

    union

    select
        lead_model_number,
        days_ahead - 1 as days_ahead

    from days_to_come

    where days_ahead > 1

    union

    select
        lead_model_number,
        {{ horizon }} as days_ahead

    from leads_with_days_to_come

),

stretches as {{ kept_step() }} (

    select
        lead_model_number,
        days_ahead,
        lag(days_ahead, 1, 0) over (
            partition by lead_model_number
            order by days_ahead asc
        ) as days_before

    from stretch_days

),

-- until a day, the scoring date at first, it is sure to hold; penalty_points are those of that day or of an earlier one. A day is
-- guessed by the behaviour points of that day, of the end where one is known, and those that it takes
sought_at_first as {{ kept_step() }} (

    select
        flagged_leads.lead_model_number,
        flagged.threshold,
        rising_leads.lead_model_number is not null as is_rising,
        leads_with_days_to_come.lead_model_number is not null as has_days_to_come,
        0 as sure_days,
        flagged_leads.penalty_points,
        cast(null as integer) as days_to_end,
        {{ [8, horizon] | min }} as next_days_ahead,
        cast(flagged_leads.behaviour_points as double precision) as sure_points,
        cast(null as double precision) as points_at_end,
        cast(
            greatest(
                thresholds.min_score - 0.5 - flagged_leads.fit_points - flagged_leads.penalty_points,
                coalesce(thresholds.min_behaviour_points, 0),
                0.01
            ) as double precision
        ) as needed_points

    from flagged

    inner join flagged_leads
        on flagged.lead_model_number = flagged_leads.lead_model_number

    inner join thresholds
        on flagged_leads.scoring_model = thresholds.scoring_model
        and flagged.threshold = thresholds.threshold

    left join rising_leads
        on flagged_leads.lead_model_number = rising_leads.lead_model_number

    left join leads_with_days_to_come
        on flagged_leads.lead_model_number = leads_with_days_to_come.lead_model_number

),
{%- for round in range(rounds + 1) %}
{%- set last_day = (horizon * round * round + rounds * rounds - 1) // (rounds * rounds) %}

sought_{{ round }} as {{ kept_step() }} (

    with

    sought as (

        select
            *,
            {%- if loop.last %}
            false as is_searched
            {%- else %}
            not is_rising {{- ' and not has_days_to_come' if round < 2 }} as is_searched
            {%- endif %}

        from {{ 'sought_at_first' if loop.first else 'sought_' ~ (round - 1) }}

    ),
    {%- if not loop.first %}

    followed as {{ kept_step() }} (

        select * from sought

        where
            {{ 'is_rising' if round == 1 else 'not is_searched' }}
            and sure_days + 1 < coalesce(days_to_end, {{ last_day + 1 }})

        -- these few are held against every day, not all of them
        {{ evaluate_once() }}

    ),
    {%- endif %}

    asked as {{ kept_step() }} (
        {%- if loop.first %}

        select
            sought.lead_model_number,
            sought.threshold,
            sought.penalty_points,
            outlook_days.scoring_id,
            outlook_days.days_ahead,
            0 as days_before

        from sought

        cross join outlook_days

        where sought.is_searched
        {%- else %}

        select
            sought.lead_model_number,
            sought.threshold,
            sought.penalty_points,
            coming_days.scoring_id,
            coming_days.days_ahead,
            sought.sure_days as days_before

        from sought

        inner join coming_days
            on sought.next_days_ahead = coming_days.days_ahead

        where
            sought.is_searched
            and sought.sure_days + 1 < coalesce(sought.days_to_end, {{ horizon + 1 }})
        {%- if round == 1 %}

        union all

        select
            sought.lead_model_number,
            sought.threshold,
            sought.penalty_points,
            coming_days.scoring_id,
            coming_days.days_ahead,
            stretches.days_before

        from sought

        inner join stretches
            on sought.lead_model_number = stretches.lead_model_number

        inner join coming_days
            on stretches.days_ahead = coming_days.days_ahead

        where not sought.is_rising
        {%- endif %}

        union all

        select
            followed.lead_model_number,
            followed.threshold,
            followed.penalty_points,
            coming_days.scoring_id,
            coming_days.days_ahead,
            coming_days.days_ahead - 1 as days_before

        from followed

        inner join coming_days
            on coming_days.days_ahead > followed.sure_days
            and coming_days.days_ahead < coalesce(followed.days_to_end, {{ last_day + 1 }})
        {%- endif %}

    ),

    asked_days as {{ kept_step() }} (

        select distinct
            lead_model_number,
            scoring_id

        from asked

    ),

    {%- if loop.first %}

    scored as (

        select
            asked_days.scoring_id,
            asked_days.lead_model_number,
            score_parts.scoring_model,
            score_parts.min_score,
            score_parts.max_score,
            score_parts.fit_points,
            score_parts.behaviour_points,
            score_parts.penalty_points,
            score_parts.score

        from asked_days

        inner join {{ ref('int_score_parts') }} as score_parts
            on asked_days.scoring_id = score_parts.scoring_id
            and asked_days.lead_model_number = score_parts.lead_model_number

    ),

    required_seen as (

        select
            asked_days.scoring_id,
            asked_days.lead_model_number,
            required_behaviour.threshold,
            count(*) as rule_count

        from asked_days

        inner join {{ ref('int_behaviour_contributions') }} as behaviour_contributions
            on asked_days.scoring_id = behaviour_contributions.scoring_id
            and asked_days.lead_model_number = behaviour_contributions.lead_model_number

        inner join required_behaviour
            on behaviour_contributions.model_rule_number = required_behaviour.behaviour_rule_number

        group by
            asked_days.scoring_id,
            asked_days.lead_model_number,
            required_behaviour.threshold

    ),
    {%- else %}

    asked_activity_days as (

        select
            activity_days.lead_model_number,
            activity_days.model_rule_number,
            activity_days.occurred_on,
            activity_days.activity_count,
            asked_days.scoring_id

        from activity_days

        inner join asked_days
            on activity_days.lead_model_number = asked_days.lead_model_number

        -- first the days that are asked for, then what each activity is worth on them
        {{ evaluate_once() }}

    ),

    asked_multipliers as (

        select * from rule_multipliers

        -- no multiplier is below 0: an engine that takes this to leave fewer of them looks these up, instead of the activities,
        -- which are many times more
        where
            scoring_id in (select asked_days.scoring_id from asked_days)
            and multiplier_units >= 0

    ),

    summed as (

        select
            asked_activity_days.scoring_id,
            asked_activity_days.lead_model_number,
            asked_activity_days.model_rule_number,
            {{ summed_multiplier_units('asked_activity_days.activity_count', 'asked_multipliers.multiplier_units') }}
                as multiplier_units,
            {{ oldest_multiplier_units('asked_multipliers.age_days', 'asked_multipliers.multiplier_units') }}
                as oldest_multiplier_units

        from asked_activity_days

        inner join asked_multipliers
            on asked_activity_days.scoring_id = asked_multipliers.scoring_id
            and asked_activity_days.model_rule_number = asked_multipliers.model_rule_number
            and asked_activity_days.occurred_on = asked_multipliers.occurred_on

        group by
            asked_activity_days.scoring_id,
            asked_activity_days.lead_model_number,
            asked_activity_days.model_rule_number

    ),

    rule_points as (

        select
            summed.scoring_id,
            summed.lead_model_number,
            summed.model_rule_number,
            behaviour_rules.category_number,
            behaviour_rules.category_max_point_units,
            {{ capped_behaviour_point_units(
                'behaviour_rules', 'summed.multiplier_units', 'summed.oldest_multiplier_units'
            ) }} as point_units

        from summed

        inner join behaviour_rules
            on summed.model_rule_number = behaviour_rules.model_rule_number

    ),

    category_points as (

        select
            scoring_id,
            lead_model_number,
            case
                when {{ whole_sum('point_units') }} > max(category_max_point_units) then max(category_max_point_units)
                else {{ whole_sum('point_units') }}
            end as point_units

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
            {{ points_of_units(whole_sum('behaviour_units')) }} as behaviour_points,
            {{ points_of_units(whole_sum('penalty_units')) }} as penalty_points

        from (
            select
                scoring_id,
                lead_model_number,
                point_units as behaviour_units,
                0 as penalty_units

            from category_points

            union all

            select
                scoring_id,
                lead_model_number,
                0 as behaviour_units,
                point_units as penalty_units

            from rule_points

            where category_number is null
        ) as parts

        group by
            scoring_id,
            lead_model_number

    ),

    capped as (

        select
            asked_days.scoring_id,
            flagged_leads.lead_model_number,
            flagged_leads.scoring_model,
            flagged_leads.min_score,
            flagged_leads.max_score,
            flagged_leads.fit_points,
            flagged_leads.attribute_penalty_points + coalesce(behaviour_parts.penalty_points, 0) as penalty_points,
            case
                when behaviour_parts.behaviour_points > flagged_leads.max_behaviour_points
                    then flagged_leads.max_behaviour_points
                else coalesce(behaviour_parts.behaviour_points, 0)
            end as behaviour_points

        from asked_days

        inner join flagged_leads
            on asked_days.lead_model_number = flagged_leads.lead_model_number

        left join behaviour_parts
            on asked_days.scoring_id = behaviour_parts.scoring_id
            and asked_days.lead_model_number = behaviour_parts.lead_model_number

    ),

    scored as (

        select
            scoring_id,
            lead_model_number,
            scoring_model,
            min_score,
            max_score,
            fit_points,
            behaviour_points,
            penalty_points,
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
            on rule_points.model_rule_number = required_behaviour.behaviour_rule_number

        group by
            rule_points.scoring_id,
            rule_points.lead_model_number,
            required_behaviour.threshold

    ),
    {%- endif %}

    judged as (

        select
            asked.lead_model_number,
            asked.threshold,
            asked.days_ahead,
            asked.days_before,
            cast(scored.behaviour_points as double precision) as behaviour_points,
            scored.penalty_points,
            thresholds.min_score,
            scored.score,
            round(
                least(
                    greatest(
                        {%- if round == 1 %}
                        -- a stretch begins with the penalty of its own first day
                        scored.fit_points + scored.behaviour_points + coalesce(
                            lag(scored.penalty_points) over (
                                partition by asked.lead_model_number, asked.threshold
                                order by asked.days_ahead asc
                            ),
                            asked.penalty_points
                        ),
                        {%- else %}
                        scored.fit_points + scored.behaviour_points + asked.penalty_points,
                        {%- endif %}
                        scored.min_score
                    ),
                    scored.max_score
                ),
                0
            ) as least_score,
            scored.behaviour_points >= coalesce(thresholds.min_behaviour_points, scored.behaviour_points)
            and coalesce(required_seen.rule_count, 0) = coalesce(required_counts.rule_count, 0) as has_behaviour

        from asked

        inner join scored
            on asked.scoring_id = scored.scoring_id
            and asked.lead_model_number = scored.lead_model_number

        inner join thresholds
            on scored.scoring_model = thresholds.scoring_model
            and asked.threshold = thresholds.threshold

        left join required_counts
            on scored.scoring_model = required_counts.scoring_model
            and asked.threshold = required_counts.threshold

        left join required_seen
            on asked.scoring_id = required_seen.scoring_id
            and asked.lead_model_number = required_seen.lead_model_number
            and asked.threshold = required_seen.threshold

    ),

    answers as (

        select
            lead_model_number,
            threshold,
            days_ahead,
            days_before,
            behaviour_points,
            penalty_points,
            has_behaviour and score >= min_score as holds,
            has_behaviour
            and case
                when days_ahead > days_before + 1 then least_score >= min_score
                else score >= min_score
            end as is_sure

        from judged

    ),

    -- where days are searched, those that are sure come before those that are not; of stretches the first that is not sure counts
    found as (

        select
            lead_model_number,
            threshold,
            max(case when is_sure then days_ahead end) as sure_days,
            max(case when is_sure then penalty_points end) as penalty_points,
            min(penalty_points) as least_penalty_points,
            min(case when is_sure then behaviour_points end) as sure_points,
            min(case when not is_sure then days_ahead end) as unsure_days,
            min(case when not is_sure then days_before end) as days_before_unsure,
            max(case when not is_sure then behaviour_points end) as unsure_points,
            min(case when not holds then days_ahead end) as days_to_end,
            max(case when not holds then behaviour_points end) as points_at_end

        from answers

        group by
            lead_model_number,
            threshold

    ),

    bounded as (

        select
            sought.lead_model_number,
            sought.threshold,
            {%- if round == 1 %}
            -- between the day that is not sure and the end there may be days on which points rise
            sought.is_rising
            or (
                not sought.is_searched
                and coalesce(found.unsure_days < coalesce(found.days_to_end, {{ horizon + 1 }}), false)
            ) as is_rising,
            {%- else %}
            sought.is_rising,
            {%- endif %}
            sought.has_days_to_come,
            case
                when sought.is_searched then coalesce(found.sure_days, sought.sure_days)
                else coalesce(found.days_before_unsure, found.sure_days, sought.sure_days)
            end as sure_days,
            case
                when sought.is_searched then coalesce(found.penalty_points, sought.penalty_points)
                else least(found.least_penalty_points, sought.penalty_points)
            end as penalty_points,
            coalesce(found.days_to_end, sought.days_to_end) as days_to_end,
            sought.next_days_ahead,
            coalesce(found.sure_points, sought.sure_points) as sure_points,
            coalesce(found.points_at_end, sought.points_at_end) as points_at_end,
            sought.needed_points,
            found.lead_model_number is not null as is_asked,
            coalesce(found.unsure_days, sought.days_to_end) as unsure_days,
            greatest(coalesce(found.unsure_points, sought.points_at_end), 0.01) as unsure_points

        from sought

        left join found
            on sought.lead_model_number = found.lead_model_number
            and sought.threshold = found.threshold

    )

    select
        lead_model_number,
        threshold,
        is_rising,
        has_days_to_come,
        sure_days,
        penalty_points,
        days_to_end,
        case
            when not is_asked then next_days_ahead
            when unsure_days is null then least(3 * sure_days, {{ horizon }})
            {%- if round < guesses %}
            when sure_points > 1.001 * unsure_points and sure_points > needed_points
                then sure_days + cast(
                    least(
                        ceil(
                            (unsure_days - sure_days)
                            * ln(sure_points / needed_points) / ln(sure_points / unsure_points)
                        ),
                        unsure_days - sure_days - 1
                    ) as integer
                )
            {%- endif %}
            else {{ whole_quotient('sure_days + unsure_days', 2) }}
        end as next_days_ahead,
        sure_points,
        points_at_end,
        needed_points

    from bounded

),
{%- endfor %}

-- the first day without it ends it, even if it would hold again when a penalty has faded
final as (

    select
        sought.lead_model_number,
        sought.threshold,
        flagged_leads.scoring_date + sought.days_to_end - 1 as held_until

    from sought_{{ rounds }} as sought

    inner join flagged_leads
        on sought.lead_model_number = flagged_leads.lead_model_number

)

select * from final
