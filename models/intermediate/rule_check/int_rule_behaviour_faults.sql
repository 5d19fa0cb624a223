-- One row per behaviour rule or decay curve whose cells do not go together.
{{ config(materialized='ephemeral') }}
with

rule_rows as (

    select * from {{ ref('int_rule_rows') }}

),

header_faults as (

    select * from {{ ref('int_rule_header_faults') }}

),

behaviour_rules as (

    select
        file_row,
        points,
        repeat_points,
        {{ read_number('points') }} as points_number,
        {{ read_number('repeat_points') }} as repeat_points_number

    from rule_rows

    where rule_file = 'behaviour_points'

),

decay_curves as (

    select
        file_row,
        decay_curve,
        kind,
        half_life_days,
        window_days

    from rule_rows

    where rule_file = 'decay_curves'

),

decay_steps as (

    select
        file_row,
        decay_curve

    from rule_rows

    where rule_file = 'decay_steps'

),

repeat_faults as (

    select
        file_row,
        repeat_points,
        case
            when points_number < 0 and repeat_points_number > 0
                then 'With negative points (' || points || ') repeat_points must be 0 or negative.'
            when points_number >= 0 and points_number + repeat_points_number < 0
                then 'A repeat would cost points: points (' || points || ') and repeat_points ('
                || repeat_points || ') must not be below 0 together.'
        end as problem

    from behaviour_rules

),

curve_faults as (

    select
        decay_curves.file_row,
        case
            when decay_curves.kind = 'half_life' then 'half_life_days'
            when decay_curves.kind = 'linear' then 'window_days'
            else 'kind'
        end as rule_column,
        case
            when decay_curves.kind = 'half_life' and decay_curves.half_life_days is null
                then 'The cell is empty, but a curve of kind half_life needs a half-life in days, '
                || 'such as 7.'
            when decay_curves.kind = 'linear' and decay_curves.window_days is null
                then 'The cell is empty, but a curve of kind linear needs a window in days, '
                || 'such as 30.'
            when
                decay_curves.kind = 'steps'
                and not exists (
                    select decay_steps.file_row
                    from decay_steps
                    where decay_steps.decay_curve = decay_curves.decay_curve
                )
                and not exists (
                    select header_faults.rule_file
                    from header_faults
                    where header_faults.rule_file = 'decay_steps'
                )
                then 'The curve "' || decay_curves.decay_curve
                || '" is of kind steps, but has no row in decay_steps.csv.'
        end as problem

    from decay_curves

),

step_faults as (

    select distinct
        decay_steps.file_row,
        decay_steps.decay_curve,
        decay_curves.kind

    from decay_steps

    -- a curve that does not exist is a fault of the cell
    inner join decay_curves
        on decay_steps.decay_curve = decay_curves.decay_curve
        and decay_curves.kind in ('none', 'half_life', 'linear')

),

final as (

    select
        'behaviour_points' as rule_file,
        file_row,
        'repeat_points' as rule_column,
        repeat_points as cell,
        problem,
        cast(null as text) as allowed

    from repeat_faults

    where problem is not null

    union all

    select
        'decay_curves' as rule_file,
        file_row,
        rule_column,
        cast(null as text) as cell,
        problem,
        cast(null as text) as allowed

    from curve_faults

    where problem is not null

    union all

    select
        'decay_steps' as rule_file,
        file_row,
        'decay_curve' as rule_column,
        decay_curve as cell,
        '"' || decay_curve || '" is of kind ' || kind
        || ', and only a curve of kind steps has steps.' as problem,
        cast(null as text) as allowed

    from step_faults

)

select * from final
