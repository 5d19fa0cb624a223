-- One row per scoring model that is scored, active or testing.
-- depends_on: {{ ref('int_rule_faults') }}
with

scoring_models as (

    select * from {{ ref('scoring_models') }}

),

typed as (

    select
        {{ trim_text('scoring_model') }} as scoring_model,
        {{ trim_text('status') }} as status,
        cast({{ read_number(trim_text('priority')) }} as integer) as priority,
        cast({{ read_number(trim_text('min_score')) }} as integer) as min_score,
        cast({{ read_number(trim_text('max_score')) }} as integer) as max_score,
        {{ read_points('max_fit_points') }} as max_fit_points,
        {{ read_points('max_behaviour_points') }} as max_behaviour_points

    from scoring_models

),

final as (

    select
        scoring_model,
        status,
        priority,
        min_score,
        max_score,
        max_fit_points,
        max_behaviour_points,
        cast(row_number() over (order by scoring_model asc) as integer) as model_number,
        cast(count(*) over () as integer) as model_count

    from typed

    where status in ('active', 'testing')

)

select * from final
