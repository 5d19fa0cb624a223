-- One row per scoring model and tenth of its score range: how many of the leads in it were won, and how much better that is.
with

score_backtest as (

    select * from {{ ref('score_backtest') }}

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

-- the highest score belongs to the highest band
banded as (

    select
        score_backtest.scoring_model,
        score_backtest.lead_id,
        score_backtest.is_won,
        score_backtest.days_to_win,
        scoring_models.min_score,
        scoring_models.max_score,
        least(
            {{ whole_quotient('10 * (score_backtest.score - scoring_models.min_score)',
                'greatest(scoring_models.max_score - scoring_models.min_score, 1)') }},
            9
        ) as band

    from score_backtest

    inner join scoring_models
        on score_backtest.scoring_model = scoring_models.scoring_model

),

by_lead as (

    select
        scoring_model,
        band,
        min_score,
        max_score,
        lead_id,
        count(*) as row_count,
        sum(case when is_won then 1 else 0 end) as won_count,
        sum(days_to_win) as days_to_win

    from banded

    group by
        scoring_model,
        band,
        min_score,
        max_score,
        lead_id

),

by_band as (

    select
        scoring_model,
        band,
        min_score,
        max_score,
        cast(count(*) as integer) as lead_count,
        cast(sum(row_count) as bigint) as row_count,
        cast(sum(won_count) as bigint) as won_count,
        cast(sum(case when won_count > 0 then 1 else 0 end) as integer) as won_lead_count,
        cast(sum(days_to_win) as bigint) as days_to_win,
        -- what the spread of the rate among leads is made of
        sum(cast(won_count * won_count as numeric(38, 0))) as won_won,
        sum(cast(won_count * row_count as numeric(38, 0))) as won_rows,
        sum(cast(row_count * row_count as numeric(38, 0))) as rows_rows

    from by_lead

    group by
        scoring_model,
        band,
        min_score,
        max_score

),

cumulated as (

    select
        *,
        cast(sum(row_count) over (partition by scoring_model) as bigint) as all_rows,
        cast(sum(won_count) over (partition by scoring_model) as bigint) as all_won,
        cast(
            sum(won_count) over (
                partition by scoring_model
                order by band desc
                rows between unbounded preceding and current row
            ) as bigint
        ) as won_so_far

    from by_band

),

final as (

    select
        scoring_model,
        cast(min_score + {{ whole_quotient('band * (max_score - min_score) + 9', '10') }} as integer) as score_from,
        cast(
            case
                when band = 9 then max_score
                else min_score + {{ whole_quotient('(band + 1) * (max_score - min_score) + 9', '10') }} - 1
            end as integer
        ) as score_to,
        cast(row_count as integer) as row_count,
        lead_count,
        won_lead_count,
        cast({{ rounded_ratio('won_count', 'row_count', 4) }} as numeric(5, 4)) as win_rate,
        {{ rate_bound('won_count', 'row_count', 'lead_count', 'won_won', 'won_rows', 'rows_rows', 'low') }}
            as win_rate_low,
        {{ rate_bound('won_count', 'row_count', 'lead_count', 'won_won', 'won_rows', 'rows_rows', 'high') }}
            as win_rate_high,
        cast(
            case when all_won > 0 then {{ quotient('won_count * all_rows', 'row_count * all_won') }} end
            as numeric(12, 4)
        ) as lift,
        cast(case when all_won > 0 then {{ quotient('won_so_far', 'all_won') }} end as numeric(5, 4))
            as cumulative_capture,
        cast(case when won_count > 0 then {{ quotient('days_to_win', 'won_count') }} end as numeric(12, 1))
            as mean_days_to_win

    from cumulated

)

select * from final
