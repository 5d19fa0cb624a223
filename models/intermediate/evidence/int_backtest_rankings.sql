-- One row per row of score_backtest and order in which its leads could be called: by the score, or by something simpler.
{#- A view: model_performance gathers its rows by value at once. -#}
{{ config(materialized='view') }}
{%- set rankings = {
    'score': 'score',
    'points_without_decay': 'points_without_decay',
    'conversion_probability': 'conversion_probability',
    'activity_count': 'activity_count',
    'latest_activity': "coalesce(last_activity_on - cast('1970-01-01' as date), -1000000)",
    'newest_lead': "lead_created_on - cast('1970-01-01' as date)",
    'random': hash_number("lead_id || ' ' || cast(backtest_day as text)"),
} %}
with

score_backtest as (

    select * from {{ ref('score_backtest') }}

),

final as (
    {%- for ranking, value in rankings.items() %}

    select
        backtest_day,
        lead_id,
        scoring_model,
        '{{ ranking }}' as ranking,
        cast({{ value }} as numeric(22, 10)) as ranking_value,
        is_won

    from score_backtest
    {%- if ranking == 'conversion_probability' %}

    where conversion_probability is not null
    {%- endif %}
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

)

select * from final
