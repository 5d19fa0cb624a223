-- One row per scoring model and rule that fired in the backtest: how often its leads were won, and how often sales rejected them.
with

score_backtest as (

    select * from {{ ref('score_backtest') }}

),

contributions as (

    select * from {{ ref('score_backtest_contributions') }}

),

resamples as (

    select * from {{ ref('int_backtest_resamples') }}

),

sales_feedback as (

    select * from {{ ref('stg_sales_feedback') }}

    where rejection_code is null

),

attribute_rules as (

    select
        scoring_model,
        rule_id,
        max(words) as words,
        max(points) as points

    from {{ ref('int_attribute_rules') }}

    where rule_family in ('fit', 'negative')

    group by
        scoring_model,
        rule_id

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

by_lead as (

    select
        scoring_model,
        lead_id,
        count(*) as row_count,
        sum(case when is_won then 1 else 0 end) as won_count

    from score_backtest

    group by
        scoring_model,
        lead_id

),

totals as (

    select
        by_lead.scoring_model,
        resamples.resample,
        cast(sum(resamples.draw_count * by_lead.row_count) as bigint) as row_count,
        cast(sum(resamples.draw_count * by_lead.won_count) as bigint) as won_count

    from by_lead

    inner join resamples
        on by_lead.lead_id = resamples.lead_id

    group by
        by_lead.scoring_model,
        resamples.resample

),

fired as (

    select
        contributions.scoring_model,
        contributions.contribution_type,
        contributions.rule_id,
        contributions.lead_id,
        count(*) as row_count,
        sum(case when score_backtest.is_won then 1 else 0 end) as won_count

    from contributions

    inner join score_backtest
        on contributions.backtest_day = score_backtest.backtest_day
        and contributions.lead_id = score_backtest.lead_id
        and contributions.scoring_model = score_backtest.scoring_model

    group by
        contributions.scoring_model,
        contributions.contribution_type,
        contributions.rule_id,
        contributions.lead_id

),

counted as (

    select
        scoring_model,
        contribution_type,
        rule_id,
        cast(count(*) as integer) as lead_count,
        cast(sum(row_count) as bigint) as row_count,
        cast(sum(won_count) as bigint) as won_count,
        cast(sum(case when won_count > 0 then 1 else 0 end) as integer) as won_lead_count,
        sum(cast(won_count * won_count as numeric(38, 0))) as won_won,
        sum(cast(won_count * row_count as numeric(38, 0))) as won_rows,
        sum(cast(row_count * row_count as numeric(38, 0))) as rows_rows

    from fired

    group by
        scoring_model,
        contribution_type,
        rule_id

),

resampled as (

    select
        fired.scoring_model,
        fired.contribution_type,
        fired.rule_id,
        resamples.resample,
        cast(sum(resamples.draw_count * fired.row_count) as bigint) as row_count,
        cast(sum(resamples.draw_count * fired.won_count) as bigint) as won_count

    from fired

    inner join resamples
        on fired.lead_id = resamples.lead_id

    group by
        fired.scoring_model,
        fired.contribution_type,
        fired.rule_id,
        resamples.resample

),

lifts as (

    select
        resampled.scoring_model,
        resampled.contribution_type,
        resampled.rule_id,
        resampled.resample,
        {{ quotient('resampled.won_count * totals.row_count', 'resampled.row_count * totals.won_count') }} as lift

    from resampled

    inner join totals
        on resampled.scoring_model = totals.scoring_model
        and resampled.resample = totals.resample
        and totals.won_count > 0

),

lift_intervals as (

    select
        scoring_model,
        contribution_type,
        rule_id,
        max(case when resample = 0 then lift end) as lift,
        percentile_disc(0.025) within group (order by case when resample > 0 then lift end asc) as lift_low,
        percentile_disc(0.975) within group (order by case when resample > 0 then lift end asc) as lift_high

    from lifts

    group by
        scoring_model,
        contribution_type,
        rule_id

),

-- the rules that had fired when sales said what they think of a lead: on the last backtest day before
judged_leads as (

    select
        sales_feedback.feedback_id,
        sales_feedback.lead_id,
        sales_feedback.verdict,
        sales_feedback.reason,
        score_backtest.scoring_model,
        max(score_backtest.backtest_day) as backtest_day

    from sales_feedback

    inner join score_backtest
        on sales_feedback.lead_id = score_backtest.lead_id
        and cast(sales_feedback.recorded_at as date) >= score_backtest.backtest_day
        and cast(sales_feedback.recorded_at as date) <= score_backtest.backtest_day + score_backtest.outcome_days

    group by
        sales_feedback.feedback_id,
        sales_feedback.lead_id,
        sales_feedback.verdict,
        sales_feedback.reason,
        score_backtest.scoring_model

),

all_verdicts as (

    select
        scoring_model,
        count(*) as judged_count,
        sum(case when verdict = 'rejected' then 1 else 0 end) as rejected_count

    from judged_leads

    group by scoring_model

),

verdicts as (

    select
        contributions.scoring_model,
        contributions.contribution_type,
        contributions.rule_id,
        judged_leads.verdict,
        coalesce(judged_leads.reason, 'no reason given') as reason,
        count(*) as verdict_count

    from judged_leads

    inner join contributions
        on judged_leads.backtest_day = contributions.backtest_day
        and judged_leads.lead_id = contributions.lead_id
        and judged_leads.scoring_model = contributions.scoring_model

    group by
        contributions.scoring_model,
        contributions.contribution_type,
        contributions.rule_id,
        judged_leads.verdict,
        coalesce(judged_leads.reason, 'no reason given')

),

rejections as (

    select
        scoring_model,
        contribution_type,
        rule_id,
        sum(verdict_count) as judged_count,
        sum(case when verdict = 'rejected' then verdict_count else 0 end) as rejected_count,
        -- what was said of one or two leads alone may tell who they are
        nullif({{ first_texts(
            "case when verdict = 'rejected' and verdict_count >= 3 then reason || ' (' || cast(verdict_count as text) || ')' end",
            ["case when verdict = 'rejected' then 0 else 1 end", '-verdict_count', byte_order('reason')], 3
        ) }}, '') as rejection_reasons

    from verdicts

    group by
        scoring_model,
        contribution_type,
        rule_id

),

final as (

    select
        counted.scoring_model,
        counted.rule_id,
        counted.contribution_type,
        coalesce(attribute_rules.words, behaviour_rules.words) as rule_in_words,
        cast(coalesce(attribute_rules.points, behaviour_rules.points) as numeric(18, 4)) as rule_points,
        counted.lead_count,
        counted.won_lead_count,
        cast(counted.row_count as integer) as row_count,
        cast({{ rounded_ratio('counted.won_count', 'counted.row_count', 4) }} as numeric(5, 4)) as win_rate,
        {{ rate_bound(
            'counted.won_count', 'counted.row_count', 'counted.lead_count', 'counted.won_won', 'counted.won_rows',
            'counted.rows_rows', 'low'
        ) }} as win_rate_low,
        {{ rate_bound(
            'counted.won_count', 'counted.row_count', 'counted.lead_count', 'counted.won_won', 'counted.won_rows',
            'counted.rows_rows', 'high'
        ) }} as win_rate_high,
        cast(
            case
                when totals.row_count > counted.row_count
                    then {{ quotient('totals.won_count - counted.won_count', 'totals.row_count - counted.row_count') }}
            end as numeric(5, 4)
        ) as win_rate_without,
        cast(lift_intervals.lift as numeric(12, 4)) as lift,
        cast(lift_intervals.lift_low as numeric(12, 4)) as lift_low,
        cast(
            case
                -- leads that were never won stay so however often they are drawn
                when counted.won_count = 0 and totals.won_count > 0 then {{ quotient(
                    'totals.row_count * ' ~ rate_bound(
                        'counted.won_count', 'counted.row_count', 'counted.lead_count', 'counted.won_won',
                        'counted.won_rows', 'counted.rows_rows', 'high'
                    ), 'totals.won_count'
                ) }}
                else lift_intervals.lift_high
            end as numeric(12, 4)
        ) as lift_high,
        cast(coalesce(rejections.judged_count, 0) as integer) as judged_count,
        cast(coalesce(rejections.rejected_count, 0) as integer) as rejected_count,
        cast(
            case
                when rejections.judged_count > 0
                    then {{ quotient('rejections.rejected_count', 'rejections.judged_count') }}
            end as numeric(5, 4)
        ) as rejection_rate,
        cast(
            case
                when rejections.judged_count > 0 and all_verdicts.rejected_count > 0
                    then {{ quotient(
                        'rejections.rejected_count * all_verdicts.judged_count',
                        '(rejections.judged_count * all_verdicts.rejected_count)'
                    ) }}
            end as numeric(12, 4)
        ) as rejection_lift,
        rejections.rejection_reasons

    from counted

    inner join totals
        on counted.scoring_model = totals.scoring_model
        and totals.resample = 0

    left join lift_intervals
        on counted.scoring_model = lift_intervals.scoring_model
        and counted.contribution_type = lift_intervals.contribution_type
        and counted.rule_id = lift_intervals.rule_id

    left join attribute_rules
        on counted.scoring_model = attribute_rules.scoring_model
        and counted.rule_id = attribute_rules.rule_id

    left join behaviour_rules
        on counted.scoring_model = behaviour_rules.scoring_model
        and counted.rule_id = behaviour_rules.rule_id

    left join rejections
        on counted.scoring_model = rejections.scoring_model
        and counted.contribution_type = rejections.contribution_type
        and counted.rule_id = rejections.rule_id

    left join all_verdicts
        on counted.scoring_model = all_verdicts.scoring_model

)

select * from final
