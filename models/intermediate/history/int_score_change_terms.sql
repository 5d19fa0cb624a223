-- One row per pair of days, lead, scoring model and reason for which the score moved between the two days; they sum to the move.
with

history_days as (

    select * from {{ ref('int_history_days') }}

),

scorings as (

    select * from {{ ref('int_scorings') }}

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

rules_version as (

    select * from {{ ref('int_rules_version') }}

),

recorded_days as (

    select * from {{ ref('int_recorded_days') }}

),

compared_day as (

    {{ compared_day() }}

),

-- each recorded day with the one before it, and what is published with the day that it is compared with
pairs as (

    select
        before.scoring_id as before_id,
        after.scoring_id as after_id,
        before.scoring_date as before_on,
        after.scoring_date as after_on,
        false as is_published,
        true as is_recorded

    from history_days as first_days

    inner join history_days as next_days
        on first_days.next_observed_on = next_days.observed_on
        and next_days.is_to_explain

    inner join scorings as before
        on first_days.observed_on = before.scoring_date
        and (before.is_recorded or before.is_compared)

    inner join scorings as after
        on next_days.observed_on = after.scoring_date
        and (after.is_recorded or after.is_compared)

    union all

    select
        before.scoring_id as before_id,
        after.scoring_id as after_id,
        before.scoring_date as before_on,
        after.scoring_date as after_on,
        true as is_published,
        false as is_recorded

    from scorings as after

    cross join compared_day

    inner join scorings as before
        on compared_day.observed_on = before.scoring_date
        and (before.is_recorded or before.is_compared)

    where after.is_published

),

distinct_pairs as (

    select
        before_id,
        after_id,
        before_on,
        after_on,
        max(case when is_published then 1 else 0 end) = 1 as is_published,
        max(case when is_recorded then 1 else 0 end) = 1 as is_recorded

    from pairs

    group by
        before_id,
        after_id,
        before_on,
        after_on

),

ranked_rules as (

    select
        distinct_pairs.before_id,
        distinct_pairs.after_id,
        recorded_days.rules_version,
        row_number() over (
            partition by distinct_pairs.before_id, distinct_pairs.after_id
            order by recorded_days.recorded_on desc
        ) as day_rank

    from distinct_pairs

    inner join recorded_days
        on distinct_pairs.before_on >= recorded_days.recorded_on

),

-- what was recorded on both days, by the rules and attributes of then, and what today's give
compared as (

    select
        distinct_pairs.before_id,
        distinct_pairs.after_id,
        distinct_pairs.before_on,
        distinct_pairs.after_on,
        distinct_pairs.is_published,
        distinct_pairs.is_recorded,
        after.lead_model_number,
        after.lead_id,
        after.scoring_model,
        after.score as rescored_after,
        case when distinct_pairs.is_published then after.score else coalesce(recorded_after.score, after.score) end
            as score_after,
        coalesce(before.score, 0) as rescored_before,
        coalesce(recorded_before.score, before.score, 0) as score_before,
        before.score is null and recorded_before.score is null as is_new,
        (ranked_rules.rules_version is distinct from rules_version.rules_version)
        or (
            not distinct_pairs.is_published
            and (recorded_days.rules_version is distinct from rules_version.rules_version)
        ) as is_by_other_rules,
        (recorded_after.is_marketing_qualified is distinct from recorded_before.is_marketing_qualified)
        or (recorded_after.is_sales_ready is distinct from recorded_before.is_sales_ready)
        or (
            recorded_after.is_below_marketing_qualified_exit
            is distinct from recorded_before.is_below_marketing_qualified_exit
        )
        or (recorded_after.is_below_sales_ready_exit is distinct from recorded_before.is_below_sales_ready_exit)
            as has_crossed

    from distinct_pairs

    inner join {{ ref('int_score_parts') }} as after
        on distinct_pairs.after_id = after.scoring_id

    left join recorded_days
        on distinct_pairs.after_on = recorded_days.recorded_on

    left join ranked_rules
        on distinct_pairs.before_id = ranked_rules.before_id
        and distinct_pairs.after_id = ranked_rules.after_id
        and ranked_rules.day_rank = 1

    left join {{ ref('int_score_parts') }} as before
        on distinct_pairs.before_id = before.scoring_id
        and after.lead_model_number = before.lead_model_number

    left join {{ ref('lead_score_history') }} as recorded_before
        on after.lead_id = recorded_before.lead_id
        and after.scoring_model = recorded_before.scoring_model
        and distinct_pairs.before_on >= recorded_before.valid_from
        and coalesce(distinct_pairs.before_on <= recorded_before.valid_to, true)

    left join {{ ref('lead_score_history') }} as recorded_after
        on after.lead_id = recorded_after.lead_id
        and after.scoring_model = recorded_after.scoring_model
        and distinct_pairs.after_on >= recorded_after.valid_from
        and coalesce(distinct_pairs.after_on <= recorded_after.valid_to, true)

    cross join rules_version

),

moved as (

    select * from compared

    where
        score_after <> score_before
        or rescored_before <> score_before
        or rescored_after <> score_after
        or has_crossed

),

rule_points as (

    select
        moved.before_id,
        moved.after_id,
        moved.lead_model_number,
        behaviour_contributions.model_rule_number,
        behaviour_contributions.points,
        0 as points_before,
        behaviour_contributions.activity_count,
        0 as activity_count_before,
        behaviour_contributions.latest_activity_at

    from moved

    inner join {{ ref('int_behaviour_contributions') }} as behaviour_contributions
        on moved.after_id = behaviour_contributions.scoring_id
        and moved.lead_model_number = behaviour_contributions.lead_model_number

    union all

    select
        moved.before_id,
        moved.after_id,
        moved.lead_model_number,
        behaviour_contributions.model_rule_number,
        0 as points,
        behaviour_contributions.points as points_before,
        0 as activity_count,
        behaviour_contributions.activity_count as activity_count_before,
        cast(null as timestamp) as latest_activity_at

    from moved

    inner join {{ ref('int_behaviour_contributions') }} as behaviour_contributions
        on moved.before_id = behaviour_contributions.scoring_id
        and moved.lead_model_number = behaviour_contributions.lead_model_number

),

rule_moves as (

    select
        before_id,
        after_id,
        lead_model_number,
        model_rule_number,
        sum(points) - sum(points_before) as points,
        sum(activity_count) as activity_count,
        sum(activity_count_before) as activity_count_before,
        max(latest_activity_at) as latest_activity_at

    from rule_points

    group by
        before_id,
        after_id,
        lead_model_number,
        model_rule_number

),

behaviour_moves as (

    select
        before_id,
        after_id,
        lead_model_number,
        sum(points) as points

    from rule_moves

    group by
        before_id,
        after_id,
        lead_model_number

),

terms as (

    select
        moved.before_on,
        moved.after_on,
        moved.is_published,
        moved.is_recorded,
        moved.has_crossed,
        moved.lead_id,
        moved.scoring_model,
        case
            when cast(rule_moves.latest_activity_at as date) > moved.before_on then 'new_activity'
            when rule_moves.activity_count > rule_moves.activity_count_before then 'late_or_corrected'
            else 'decay'
        end as change_kind,
        behaviour_rules.rule_id,
        rule_moves.points,
        behaviour_rules.words
        || case
            when cast(rule_moves.latest_activity_at as date) > moved.before_on then ': new activity'
            when rule_moves.activity_count > rule_moves.activity_count_before then ': activity that arrived late'
            else ': fading'
        end as reason

    from moved

    inner join rule_moves
        on moved.before_id = rule_moves.before_id
        and moved.after_id = rule_moves.after_id
        and moved.lead_model_number = rule_moves.lead_model_number

    inner join behaviour_rules
        on rule_moves.model_rule_number = behaviour_rules.model_rule_number

    union all

    -- what behaviour does not explain: caps and rounding, and for a new lead who it is
    select
        moved.before_on,
        moved.after_on,
        moved.is_published,
        moved.is_recorded,
        moved.has_crossed,
        moved.lead_id,
        moved.scoring_model,
        case when moved.is_new then 'new_lead' else 'cap' end as change_kind,
        cast(null as text) as rule_id,
        moved.rescored_after - moved.rescored_before - coalesce(behaviour_moves.points, 0) as points,
        case when moved.is_new then 'A new lead, for who it is' else 'Caps, range and rounding' end as reason

    from moved

    left join behaviour_moves
        on moved.before_id = behaviour_moves.before_id
        and moved.after_id = behaviour_moves.after_id
        and moved.lead_model_number = behaviour_moves.lead_model_number

    union all

    select
        before_on,
        after_on,
        is_published,
        is_recorded,
        has_crossed,
        lead_id,
        scoring_model,
        case when is_by_other_rules then 'rule_change' else 'attribute_change' end as change_kind,
        cast(null as text) as rule_id,
        rescored_before - score_before + score_after - rescored_after as points,
        case
            when is_by_other_rules then 'The rules were edited'
            else 'The data of the lead were edited'
        end as reason

    from moved

),

final as (

    select
        before_on,
        after_on,
        is_published,
        is_recorded,
        has_crossed,
        lead_id,
        scoring_model,
        change_kind,
        rule_id,
        cast(points as numeric(18, 4)) as points,
        reason

    from terms

    where points <> 0

)

select * from final
