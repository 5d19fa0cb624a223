-- One row per cell of a rule file that does not hold what its column allows.
{{ config(materialized='ephemeral') }}
with

rule_cells as (

    select * from {{ ref('int_rule_cells') }}

    where file_row > 1

),

rule_columns as (

    select * from {{ ref('int_rule_columns') }}

),

header_faults as (

    select * from {{ ref('int_rule_header_faults') }}

),

-- what the column of another file offers; one with a wrong header offers nothing to judge by
named_elsewhere as (

    select distinct
        rule_file,
        rule_column,
        cell

    from rule_cells

    where cell is not null and cell <> '*'

),

offered as (

    select
        rule_file,
        rule_column,
        {{ dbt.listagg('cell', "'|'", 'order by ' ~ byte_order('cell')) }} as cells

    from named_elsewhere

    group by
        rule_file,
        rule_column

),

described_cells as (

    select
        rule_cells.rule_file,
        rule_cells.file_row,
        rule_cells.rule_column,
        rule_cells.cell,
        rule_columns.is_required,
        rule_columns.reads_as,
        {{ read_number('rule_cells.cell') }} as cell_number,
        rule_columns.at_least,
        rule_columns.more_than,
        rule_columns.at_most,
        rule_columns.smallest_step,
        rule_columns.refers_to_file,
        rule_columns.refers_to_column,
        rule_columns.allowed is not null
        or (
            rule_columns.refers_to_file is not null
            and rule_columns.refers_to_file not in (
                select header_faults.rule_file from header_faults
            )
        ) as is_choice,
        case
            when rule_columns.allowed is not null then rule_columns.allowed
            when rule_columns.accepts_star then '*' || coalesce('|' || offered.cells, '')
            when rule_columns.refers_to_file is not null then coalesce(offered.cells, '')
        end as allowed

    from rule_cells

    -- a column that is not expected is a fault of the header
    inner join rule_columns
        on rule_cells.rule_file = rule_columns.rule_file
        and rule_cells.rule_column = rule_columns.rule_column

    left join offered
        on rule_columns.refers_to_file = offered.rule_file
        and rule_columns.refers_to_column = offered.rule_column

),

judged as (

    select
        rule_file,
        file_row,
        rule_column,
        cell,
        allowed,
        is_choice
        and (
            position('|' in cell) > 0
            or position('|' || cell || '|' in '|' || allowed || '|') = 0
        ) as is_unknown,
        case
            when cell is null and is_required and rule_column = 'rationale'
                then 'The rationale is empty. Say in a few words why the row is there.'
            when cell is null and is_required then 'The cell is empty. It must be filled in.'
            when cell is null then null
            when is_choice then null
            when reads_as = 'text' then null
            when cell_number is null and {{ matches_pattern('cell', '^[+-]?[0-9]+,[0-9]+$') }}
                then '"' || cell || '" is not a number. Write a point before the decimals: '
                || replace(cell, ',', '.') || '.'
            when cell_number is null then '"' || cell || '" is not a number.'
            when reads_as = 'whole_number' and cell_number <> round(cell_number, 0)
                then '"' || cell || '" is not a whole number.'
            when cell_number <= {{ read_number('more_than') }}
                then '"' || cell || '" is too small: it must be above ' || more_than || '.'
            when cell_number < {{ read_number('at_least') }}
                then '"' || cell || '" is too small: it must be at least ' || at_least || '.'
            when cell_number > {{ read_number('at_most') }}
                then '"' || cell || '" is too large: it must be at most ' || at_most || '.'
            when cell_number % {{ read_number('smallest_step') }} <> 0
                then '"' || cell || '" has too many decimals: the smallest step is '
                || smallest_step || '.'
            when abs(cell_number) > 1000000
                then '"' || cell || '" is out of range: numbers go from -1000000 to 1000000.'
        end as problem,
        case
            when refers_to_file is null
                then '"' || cell || '" is no ' || replace(rule_column, '_', ' ') || '.'
            else
                '"' || cell || '" is not in the column ' || refers_to_column || ' of '
                || refers_to_file || '.csv.'
        end as unknown_problem

    from described_cells

),

final as (

    select
        rule_file,
        file_row,
        rule_column,
        cell,
        case when is_unknown then unknown_problem else problem end as problem,
        case when is_unknown then nullif(allowed, '') end as allowed

    from judged

    where is_unknown or problem is not null

)

select * from final
