-- One row per scoring model, kind of band and band, `*` spelled out: segments of the score, grades of fit and of behaviour.
-- depends_on: {{ ref('int_rule_faults') }}
with

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

bands as (

    select
        {{ trim_text('scoring_model') }} as scoring_model,
        'segment' as band_kind,
        {{ trim_text('segment') }} as band,
        {{ read_points('min_score') }} as from_value

    from {{ ref('score_segments') }}

    union all

    select
        {{ trim_text('scoring_model') }} as scoring_model,
        {{ trim_text('axis') }} || '_grade' as band_kind,
        {{ trim_text('grade') }} as band,
        {{ read_points('min_points') }} as from_value

    from {{ ref('score_grades') }}

),

-- a band ends where the next one begins; the last one has no end
final as (

    select
        scoring_models.scoring_model,
        bands.band_kind,
        bands.band,
        bands.from_value,
        lead(bands.from_value) over (
            partition by scoring_models.scoring_model, bands.band_kind
            order by bands.from_value asc
        ) as below_value

    from bands

    inner join scoring_models
        on bands.scoring_model in ('*', scoring_models.scoring_model)

)

select * from final
