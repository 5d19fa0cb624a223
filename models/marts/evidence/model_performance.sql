-- One row per scoring model, ranking and metric: how well the ranking put the leads first that were won, beside simpler rankings.
with

rankings as (

    select * from {{ ref('int_backtest_rankings') }}

),

resamples as (

    select * from {{ ref('int_backtest_resamples') }}

),

sizes as (

    select
        scoring_model,
        min(backtest_day) as first_day,
        max(backtest_day) as last_day,
        cast(count(*) as integer) as row_count,
        cast(count(distinct lead_id) as integer) as lead_count,
        cast(count(distinct case when is_won then lead_id end) as integer) as won_lead_count

    from {{ ref('score_backtest') }}

    group by scoring_model

),

-- rows of one value are ties: which of them comes first says nothing
gathered as (

    select
        rankings.scoring_model,
        rankings.ranking,
        resamples.resample,
        rankings.ranking_value,
        cast(sum(resamples.draw_count) as bigint) as row_count,
        cast(sum(case when rankings.is_won then resamples.draw_count else 0 end) as bigint) as won_count

    from rankings

    inner join resamples
        on rankings.lead_id = resamples.lead_id

    group by
        rankings.scoring_model,
        rankings.ranking,
        resamples.resample,
        rankings.ranking_value

),

cumulated as (

    select
        *,
        cast(sum(row_count) over best_first as bigint) as rows_so_far,
        cast(sum(won_count) over best_first as bigint) as won_so_far,
        cast(sum(row_count) over all_values as bigint) as all_rows,
        cast(sum(won_count) over all_values as bigint) as all_won

    from gathered

    window
        best_first as (
            partition by scoring_model, ranking, resample
            order by ranking_value desc
            rows between unbounded preceding and current row
        ),
        all_values as (partition by scoring_model, ranking, resample)

),

-- of the rows of one value as many are in the first tenth as it has room for, won ones in proportion
placed as (

    select
        *,
        case
            when 10 * rows_so_far <= all_rows then 10 * row_count
            when 10 * (rows_so_far - row_count) >= all_rows then 0
            else all_rows - 10 * (rows_so_far - row_count)
        end as ten_times_rows_on_top

    from cumulated

),

summed as (

    select
        scoring_model,
        ranking,
        resample,
        all_rows,
        all_won,
        sum(
            cast(
                won_count * (2 * (all_rows - rows_so_far - all_won + won_so_far) + row_count - won_count)
                as numeric(38, 0)
            )
        ) as twice_pairs_in_order,
        sum({{ quotient('won_count * won_so_far', 'rows_so_far') }}) as precisions,
        sum({{ quotient('won_count * ten_times_rows_on_top', 'row_count') }}) as ten_times_won_on_top,
        -- the squared error and the wins foretold, where what is ranked by is a probability
        sum(
            case
                when ranking = 'conversion_probability'
                    then cast(
                        row_count * cast(ranking_value as double precision) * cast(ranking_value as double precision)
                        - 2 * won_count * cast(ranking_value as double precision)
                        + won_count as numeric(38, 12)
                    )
            end
        ) as squared_error,
        sum(
            case when ranking = 'conversion_probability' then cast(row_count * ranking_value as numeric(38, 10)) end
        ) as wins_foretold

    from placed

    group by
        scoring_model,
        ranking,
        resample,
        all_rows,
        all_won

),

measured as (

    select
        scoring_model,
        ranking,
        resample,
        case when all_won > 0 and all_won < all_rows then {{ quotient(
            'twice_pairs_in_order', '(2 * all_won * (all_rows - all_won))'
        ) }} end as auc,
        case when all_won > 0 then {{ quotient('precisions', 'all_won') }} end as average_precision,
        {{ quotient('ten_times_won_on_top', 'all_rows') }} as top_decile_precision,
        case when all_won > 0 then {{ quotient('ten_times_won_on_top', 'all_won') }} end as top_decile_lift,
        {{ quotient('squared_error', 'all_rows') }} as brier_score,
        case when all_won > 0 then {{ quotient('wins_foretold', 'all_won') }} end as calibration

    from summed

),

metrics as (
    {%- for metric in [
        'auc', 'average_precision', 'top_decile_precision', 'top_decile_lift', 'brier_score', 'calibration'
    ] %}

    select
        scoring_model,
        ranking,
        resample,
        '{{ metric }}' as metric,
        round({{ metric }}, 6) as value

    from measured
    {%- if metric in ['brier_score', 'calibration'] %}

    where ranking = 'conversion_probability'
    {%- endif %}
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

),

final as (

    select
        metrics.scoring_model,
        metrics.ranking,
        metrics.metric,
        cast(max(case when metrics.resample = 0 then metrics.value end) as numeric(12, 6)) as value,
        cast(
            percentile_disc(0.025) within group (order by case when metrics.resample > 0 then metrics.value end asc)
            as numeric(12, 6)
        ) as value_low,
        cast(
            percentile_disc(0.975) within group (order by case when metrics.resample > 0 then metrics.value end asc)
            as numeric(12, 6)
        ) as value_high,
        sizes.row_count,
        sizes.lead_count,
        sizes.won_lead_count,
        sizes.first_day,
        sizes.last_day

    from metrics

    inner join sizes
        on metrics.scoring_model = sizes.scoring_model

    group by
        metrics.scoring_model,
        metrics.ranking,
        metrics.metric,
        sizes.row_count,
        sizes.lead_count,
        sizes.won_lead_count,
        sizes.first_day,
        sizes.last_day

)

select * from final
