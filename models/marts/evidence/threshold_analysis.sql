-- One row per scoring model and score at which a threshold could stand: how many leads reach it, and how many of them were won.
{%- set capacity = whole_number_var('weekly_capacity', 50) %}
{%- set minimum_precision = share_var('minimum_precision', 0.2) %}
{%- set asked_share = '%g %%' | format(100 * minimum_precision) %}
with

score_backtest as (

    select * from {{ ref('score_backtest') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

days as (

    select
        scoring_model,
        min(backtest_day) as first_day,
        max(backtest_day) as last_day

    from score_backtest

    group by scoring_model

),

-- a disqualified lead reaches no threshold
climbs as (

    select
        lead_id,
        scoring_model,
        backtest_day,
        score,
        is_won,
        won_amount,
        max(score) over (
            partition by scoring_model, lead_id
            order by backtest_day asc
            rows between unbounded preceding and 1 preceding
        ) as highest_before

    from score_backtest

    where not is_disqualified

),

present_thresholds as (

    select
        scoring_model,
        cast(ceil(min_score) as integer) as threshold_score,
        {{ first_texts('threshold', [byte_order('threshold')], 10) }} as present_thresholds

    from thresholds

    group by
        scoring_model,
        ceil(min_score)

),

possible_thresholds as (

    select
        scoring_model,
        score as threshold_score

    from climbs

    union

    select
        scoring_model,
        threshold_score

    from present_thresholds

),

-- a lead is called once, on the first day on which it is at the threshold
reached as (

    select
        possible_thresholds.scoring_model,
        possible_thresholds.threshold_score,
        cast(count(*) as bigint) as lead_count,
        cast(sum(case when climbs.is_won then 1 else 0 end) as bigint) as won_lead_count,
        cast(sum(case when climbs.backtest_day > days.first_day then 1 else 0 end) as bigint) as new_lead_count,
        cast(sum(case when climbs.backtest_day > days.first_day and climbs.is_won then 1 else 0 end) as bigint)
            as new_won_count

    from possible_thresholds

    inner join climbs
        on possible_thresholds.scoring_model = climbs.scoring_model
        and possible_thresholds.threshold_score <= climbs.score
        and (climbs.highest_before is null or possible_thresholds.threshold_score > climbs.highest_before)

    inner join days
        on possible_thresholds.scoring_model = days.scoring_model

    group by
        possible_thresholds.scoring_model,
        possible_thresholds.threshold_score

),

-- all that could have been found: leads that were won after any of the days
won_leads as (

    select
        scoring_model,
        cast(count(*) as bigint) as won_lead_count,
        sum(won_amount) as won_amount,
        cast(count(won_amount) as bigint) as amount_count

    from (
        select
            scoring_model,
            lead_id,
            max(won_amount) as won_amount

        from score_backtest

        where is_won

        group by
            scoring_model,
            lead_id
    ) as won

    group by scoring_model

),

counted as (

    select
        possible_thresholds.scoring_model,
        possible_thresholds.threshold_score,
        days.last_day - days.first_day as days,
        present_thresholds.present_thresholds,
        coalesce(won_leads.won_lead_count, 0) as all_won,
        won_leads.won_amount,
        won_leads.amount_count,
        coalesce(reached.lead_count, 0) as lead_count,
        coalesce(reached.won_lead_count, 0) as won_lead_count,
        coalesce(reached.new_lead_count, 0) as new_lead_count,
        coalesce(reached.new_won_count, 0) as new_won_count

    from possible_thresholds

    inner join days
        on possible_thresholds.scoring_model = days.scoring_model

    left join present_thresholds
        on possible_thresholds.scoring_model = present_thresholds.scoring_model
        and possible_thresholds.threshold_score = present_thresholds.threshold_score

    left join reached
        on possible_thresholds.scoring_model = reached.scoring_model
        and possible_thresholds.threshold_score = reached.threshold_score

    left join won_leads
        on possible_thresholds.scoring_model = won_leads.scoring_model

),

-- one step down is the next lead that there would be time to call
stepped as (

    select
        *,
        lag(lead_count) over lower_first - lead_count as next_lead_count,
        lag(won_lead_count) over lower_first - won_lead_count as next_won_count

    from counted

    window lower_first as (
        partition by scoring_model
        order by threshold_score asc
    )

),

measured as (

    select
        *,
        cast(case when days > 0 then {{ quotient('7 * new_lead_count', 'days') }} end as numeric(12, 1))
            as leads_per_week,
        cast(case when days > 0 then {{ quotient('7 * new_won_count', 'days') }} end as numeric(12, 1))
            as expected_wins_per_week,
        cast(case when lead_count > 0 then {{ quotient('won_lead_count', 'lead_count') }} end as numeric(5, 4))
            as win_precision,
        cast(case when all_won > 0 then {{ quotient('won_lead_count', 'all_won') }} end as numeric(5, 4)) as recall,
        cast(
            case when lead_count + all_won > 0 then {{ quotient('2 * won_lead_count', '(lead_count + all_won)') }} end
            as numeric(5, 4)
        ) as f1,
        cast(
            case when next_lead_count > 0 then {{ quotient('greatest(next_won_count, 0)', 'next_lead_count') }} end
            as numeric(5, 4)
        ) as next_call_win_rate,
        case when amount_count > 0 then {{ quotient('won_amount', 'amount_count') }} end as mean_won_amount

    from stepped

),

judged as (

    select
        *,
        min(case when leads_per_week <= {{ capacity }} then threshold_score end) over (partition by scoring_model)
            as capacity_score,
        min(
            case when lead_count >= 20 and win_precision >= {{ minimum_precision }} then threshold_score end
        ) over (partition by scoring_model) as precision_score

    from measured

),

final as (

    select
        scoring_model,
        threshold_score,
        present_thresholds,
        cast(lead_count as integer) as lead_count,
        cast(won_lead_count as integer) as won_lead_count,
        leads_per_week,
        expected_wins_per_week,
        win_precision as precision,
        recall,
        f1,
        next_call_win_rate,
        cast(next_call_win_rate * mean_won_amount as numeric(38, 2)) as next_call_value,
        coalesce(threshold_score = capacity_score, false) as is_recommended_for_capacity,
        coalesce(threshold_score = precision_score, false) as is_recommended_for_precision,
        case
            when present_thresholds is not null
                then
                present_thresholds || ' stands at ' || cast(threshold_score as text) || '. '
                || case
                    when capacity_score is null then 'No score keeps it to {{ capacity }} leads a week. '
                    when capacity_score = threshold_score then 'It is right for {{ capacity }} leads a week. '
                    when capacity_score < threshold_score
                        then
                        'For {{ capacity }} leads a week it could be ' || cast(capacity_score as text) || ', '
                        || cast(threshold_score - capacity_score as text) || ' lower. '
                    else
                        'For {{ capacity }} leads a week it must be ' || cast(capacity_score as text) || ', '
                        || cast(capacity_score - threshold_score as text) || ' higher. '
                end
                || case
                    when precision_score is null
                        then 'At no score with 20 leads or more were {{ asked_share }} of them won.'
                    when precision_score = threshold_score
                        then 'It is the lowest at which {{ asked_share }} were won.'
                    else
                        '{{ asked_share }} were won from ' || cast(precision_score as text)
                        || ' up, ' || cast(abs(precision_score - threshold_score) as text)
                        || case when precision_score < threshold_score then ' lower.' else ' higher.' end
                end
        end as advice

    from judged

)

select * from final
