-- One row per scoring model and behaviour rule, `*` spelled out, with the decay curve that its points follow.
-- depends_on: {{ ref('int_rule_faults') }}
with

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

behaviour_points as (

    select * from {{ ref('behaviour_points') }}

),

category_caps as (

    select
        {{ trim_text('scoring_model') }} as scoring_model,
        {{ trim_text('category') }} as category,
        {{ read_points('max_points') }} as max_points

    from {{ ref('behaviour_categories') }}

),

typed as (

    select
        {{ trim_text('scoring_model') }} as rule_model,
        {{ trim_text('rule_id') }} as rule_id,
        {{ lower_case(trim_text('activity_type')) }} as activity_type,
        {{ lower_case(trim_text('asset_pattern')) }} as asset_pattern,
        {{ trim_text('category') }} as category,
        {{ read_points('points') }} as points,
        cast(coalesce({{ read_points('repeat_points') }}, 0) as numeric(18, 4)) as repeat_points,
        cast({{ read_number(trim_text('daily_limit')) }} as integer) as daily_limit,
        {{ read_points('max_points') }} as max_points,
        {{ trim_text('decay_curve') }} as decay_curve,
        {{ rule_words('rationale') }} as words

    from behaviour_points

),

-- no two rules of a model have the same number, whatever file they are in
attribute_rule_numbers as (

    select coalesce(max(model_rule_number), 0) as last_number

    from {{ ref('int_attribute_rules') }}

),

numbered as (

    select
        scoring_models.scoring_model,
        typed.rule_model,
        typed.rule_id,
        typed.activity_type,
        typed.asset_pattern,
        typed.category,
        typed.points,
        typed.repeat_points,
        typed.daily_limit,
        typed.max_points,
        typed.decay_curve,
        typed.words,
        cast(dense_rank() over (order by typed.rule_model asc, typed.rule_id asc) as integer) as rule_number,
        cast(
            attribute_rule_numbers.last_number
            + row_number() over (order by scoring_models.scoring_model asc, typed.rule_id asc) as integer
        ) as model_rule_number,
        -- a penalty belongs to no category
        case
            when typed.points >= 0
                then cast(
                    dense_rank() over (order by scoring_models.scoring_model asc, typed.category asc) as integer
                )
        end as category_number

    from typed

    -- rules of models that are off are left out
    inner join scoring_models
        on typed.rule_model = '*' or typed.rule_model = scoring_models.scoring_model

    cross join attribute_rule_numbers

),

final as (

    select
        numbered.*,
        cast(case when numbered.category_number is not null then category_caps.max_points end as numeric(18, 4))
            as category_max_points

    from numbered

    left join category_caps
        on numbered.category = category_caps.category
        and category_caps.scoring_model in ('*', numbered.scoring_model)

)

select * from final
