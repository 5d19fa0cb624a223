-- One row per scoring model and segment: how many leads were in it at the end of the reference days, and at that of the recent ones.
{#- Apart from int_drift_categories, which takes long and need not wait for the history. -#}
{%- set periods = drift_periods() %}
with

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

-- a row without an end still holds
history as (

    select
        scoring_model,
        segment,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as last_day

    from {{ ref('lead_score_history') }}

),

counted as (

    select
        history.scoring_model as population_name,
        coalesce(history.segment, '') as category,
        sum(case when {{ periods.reference_to }} between history.valid_from and history.last_day then 1 else 0 end)
            as reference_count,
        sum(case when {{ periods.recent_to }} between history.valid_from and history.last_day then 1 else 0 end)
            as recent_count

    from history

    -- a model that is switched off has no recent days
    inner join scoring_models
        on history.scoring_model = scoring_models.scoring_model

    group by
        history.scoring_model,
        coalesce(history.segment, '')

),

final as (

    select
        'segment' as population_kind,
        population_name,
        category,
        cast(reference_count as bigint) as reference_count,
        cast(recent_count as bigint) as recent_count

    from counted

    where reference_count + recent_count > 0

)

select * from final
