-- One row per fault of a scoring model, and of the thresholds and required rules set for it.
{{ config(materialized='ephemeral') }}
with

rule_rows as (

    select * from {{ ref('int_rule_rows') }}

),

header_faults as (

    select * from {{ ref('int_rule_header_faults') }}

),

scoring_models as (

    select
        file_row,
        scoring_model,
        status,
        min_score,
        max_score,
        {{ read_number('min_score') }} as min_number,
        {{ read_number('max_score') }} as max_number

    from rule_rows

    where rule_file = 'scoring_models'

),

-- rows for `*` are judged for every model that is scored
scored_models as (

    select * from scoring_models

    where
        status in ('active', 'testing')
        and scoring_model <> '*'
        and min_number < max_number

),

thresholds as (

    select
        scored_models.scoring_model,
        scored_models.min_score as model_min_score,
        scored_models.max_score as model_max_score,
        scored_models.min_number as model_min_number,
        scored_models.max_number as model_max_number,
        rule_rows.file_row,
        rule_rows.threshold,
        rule_rows.min_score,
        {{ read_number('rule_rows.min_score') }} as min_number

    from rule_rows

    inner join scored_models
        on rule_rows.scoring_model in ('*', scored_models.scoring_model)

    where rule_rows.rule_file = 'score_thresholds'

),

requirements as (

    select
        scored_models.scoring_model,
        rule_rows.file_row,
        rule_rows.rule_id

    from rule_rows

    inner join scored_models
        on rule_rows.scoring_model in ('*', scored_models.scoring_model)

    -- without the files that hold the rules nothing can be said
    where
        rule_rows.rule_file = 'threshold_requirements'
        and not exists (
            select header_faults.rule_file
            from header_faults
            where header_faults.rule_file in ('fit_points', 'behaviour_points')
        )

),

rules_that_can_be_required as (

    select distinct
        scored_models.scoring_model,
        rule_rows.rule_id

    from rule_rows

    inner join scored_models
        on rule_rows.scoring_model in ('*', scored_models.scoring_model)

    where
        rule_rows.rule_file in ('fit_points', 'behaviour_points')
        and rule_rows.rule_id is not null

),

rules_of_models as (

    select
        scoring_model,
        {{ dbt.listagg('rule_id', "'|'", 'order by ' ~ byte_order('rule_id')) }} as rule_ids

    from rules_that_can_be_required

    group by scoring_model

),

model_faults as (

    select
        file_row,
        'scoring_model' as rule_column,
        scoring_model as cell,
        'A model cannot be called *, since * stands for every model.' as problem

    from scoring_models

    where scoring_model = '*'

    union all

    select
        file_row,
        'max_score' as rule_column,
        max_score as cell,
        'max_score (' || max_score || ') must be above min_score (' || min_score || ').' as problem

    from scoring_models

    where min_number >= max_number

    union all

    select
        cast(null as integer) as file_row,
        'status' as rule_column,
        cast(null as text) as cell,
        'No model is active, so there would be nothing to call. Write active in one row at least.'
            as problem

    from scoring_models

    having count(case when status = 'active' then 1 end) = 0

),

threshold_faults as (

    select
        file_row,
        'min_score' as rule_column,
        min_score as cell,
        'The threshold ' || threshold || ' (' || min_score || ') lies outside the scores of the '
        || 'model ' || scoring_model || ', ' || model_min_score || ' to ' || model_max_score || '.'
            as problem

    from thresholds

    where min_number < model_min_number or min_number > model_max_number

    union all

    select
        sales_ready.file_row,
        'min_score' as rule_column,
        sales_ready.min_score as cell,
        'In the model ' || sales_ready.scoring_model || ' sales_ready (' || sales_ready.min_score
        || ') is below marketing_qualified (' || marketing_qualified.min_score || ', row '
        || cast(marketing_qualified.file_row as text) || ').' as problem

    from thresholds as sales_ready

    inner join thresholds as marketing_qualified
        on sales_ready.scoring_model = marketing_qualified.scoring_model
        and sales_ready.min_number < marketing_qualified.min_number

    where
        sales_ready.threshold = 'sales_ready'
        and marketing_qualified.threshold = 'marketing_qualified'

    union all

    select
        file_row,
        'exit_score' as rule_column,
        exit_score as cell,
        'exit_score (' || exit_score || ') must not be above min_score (' || min_score || ').'
            as problem

    from rule_rows

    where
        rule_file = 'score_thresholds'
        and {{ read_number('exit_score') }} > {{ read_number('min_score') }}

),

final as (

    select
        'scoring_models' as rule_file,
        file_row,
        rule_column,
        cell,
        problem,
        cast(null as text) as allowed

    from model_faults

    union all

    select
        'score_thresholds' as rule_file,
        file_row,
        rule_column,
        cell,
        problem,
        cast(null as text) as allowed

    from threshold_faults

    union all

    select
        'threshold_requirements' as rule_file,
        requirements.file_row,
        'rule_id' as rule_column,
        requirements.rule_id as cell,
        '"' || requirements.rule_id || '" is no rule of fit_points.csv or behaviour_points.csv '
        || 'for the model ' || requirements.scoring_model || '.' as problem,
        rules_of_models.rule_ids as allowed

    from requirements

    left join rules_of_models
        on requirements.scoring_model = rules_of_models.scoring_model

    left join rules_that_can_be_required
        on requirements.scoring_model = rules_that_can_be_required.scoring_model
        and requirements.rule_id = rules_that_can_be_required.rule_id

    where requirements.rule_id is not null and rules_that_can_be_required.rule_id is null

)

select * from final
