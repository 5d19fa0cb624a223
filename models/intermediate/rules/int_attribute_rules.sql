-- One row per scoring model and condition on an attribute of a lead: audience, fit and negative rules, `*` spelled out.
-- depends_on: {{ ref('int_rule_faults') }}
with

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

rules as (

    select
        'audience' as rule_family,
        scoring_model,
        cast(null as text) as rule_id,
        attribute,
        operator,
        value,
        cast(null as text) as points,
        cast(null as text) as action,
        cast(null as text) as exclusive_group,
        rationale

    from {{ ref('model_audiences') }}

    union all

    select
        'fit' as rule_family,
        scoring_model,
        rule_id,
        attribute,
        operator,
        value,
        points,
        cast(null as text) as action,
        exclusive_group,
        rationale

    from {{ ref('fit_points') }}

    union all

    select
        'negative' as rule_family,
        scoring_model,
        rule_id,
        attribute,
        operator,
        value,
        points,
        action,
        exclusive_group,
        rationale

    from {{ ref('negative_attributes') }}

),

typed as (

    select
        rule_family,
        {{ trim_text('scoring_model') }} as rule_model,
        {{ trim_text('rule_id') }} as rule_id,
        {{ lower_case(trim_text('attribute')) }} as attribute,
        {{ trim_text('operator') }} as operator,
        coalesce({{ trim_text('value') }}, '') as value,
        {{ read_points('points') }} as points,
        {{ trim_text('action') }} as action,
        {{ trim_text('exclusive_group') }} as exclusive_group,
        {{ rule_words('rationale') }} as words

    from rules

),

final as (

    select
        scoring_models.scoring_model,
        typed.rule_family,
        typed.rule_id,
        typed.attribute,
        typed.operator,
        typed.value,
        typed.points,
        typed.action,
        typed.exclusive_group,
        typed.words,
        coalesce(typed.action = 'disqualify', false) as is_disqualifying,
        case
            when typed.rule_family <> 'audience'
                then cast(
                    row_number() over (
                        order by scoring_models.scoring_model asc, typed.rule_family asc, typed.rule_id asc
                    ) as integer
                )
        end as model_rule_number

    from typed

    -- rules of models that are off are left out
    inner join scoring_models
        on typed.rule_model = '*' or typed.rule_model = scoring_models.scoring_model

)

select * from final
