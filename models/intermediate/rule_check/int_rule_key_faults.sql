-- One row per row of a rule file that says again what an earlier row has said already.
{{ config(materialized='ephemeral') }}
with

rule_cells as (

    select * from {{ ref('int_rule_cells') }}

    where file_row > 1

),

-- the scoring model is a part of the key that is compared in a way of its own: `*` is every model
key_columns as (

    select
        rule_file,
        rule_column,
        column_position,
        reads_as,
        is_required,
        ignores_case,
        rule_column = 'scoring_model' and rule_file <> 'scoring_models' as is_owner

    from {{ ref('int_rule_columns') }}

    where is_key

),

-- 7 and 7.0 are the same key, and so are CEO and ceo where case does not matter
key_cells as (

    select
        rule_cells.rule_file,
        rule_cells.file_row,
        rule_cells.rule_column,
        rule_cells.cell,
        key_columns.column_position,
        key_columns.is_owner,
        key_columns.is_required and rule_cells.cell is null as is_incomplete,
        case
            when key_columns.reads_as <> 'text'
                then coalesce(cast({{ read_number('rule_cells.cell') }} as text), rule_cells.cell)
            when key_columns.ignores_case then {{ lower_case('rule_cells.cell') }}
            else rule_cells.cell
        end as key_cell

    from rule_cells

    -- columns outside the key play no part
    inner join key_columns
        on rule_cells.rule_file = key_columns.rule_file
        and rule_cells.rule_column = key_columns.rule_column

),

-- a pattern may stand once for the seniority and once for the function of a title
title_cells as (

    select
        pattern_cells.rule_file,
        pattern_cells.file_row,
        pattern_cells.rule_column,
        pattern_cells.cell,
        pattern_cells.column_position,
        pattern_cells.is_owner,
        pattern_cells.is_incomplete,
        pattern_cells.key_cell,
        meanings.rule_column as meaning

    from key_cells as pattern_cells

    inner join key_cells as meanings
        on pattern_cells.rule_file = meanings.rule_file
        and pattern_cells.file_row = meanings.file_row
        and meanings.rule_column <> 'pattern'
        and meanings.cell is not null

    where pattern_cells.rule_file = 'job_titles' and pattern_cells.rule_column = 'pattern'

),

-- the three files with points share one space of names
spaced_cells as (

    select
        rule_file,
        file_row,
        rule_column,
        cell,
        column_position,
        is_owner,
        is_incomplete,
        key_cell,
        case
            when rule_column = 'rule_id' and rule_file <> 'threshold_requirements' then 'rule_id'
            else rule_file
        end as key_space

    from key_cells

    where rule_file <> 'job_titles'

    union all

    select
        rule_file,
        file_row,
        rule_column,
        cell,
        column_position,
        is_owner,
        is_incomplete,
        key_cell,
        meaning as key_space

    from title_cells

),

owners as (

    select
        rule_file,
        file_row,
        cell as scoring_model

    from key_cells

    where is_owner

),

keyed_rows as (

    select
        rule_file,
        file_row,
        key_space,
        case when count(*) = 1 then min(rule_column) end as rule_column,
        {{ dbt.listagg('rule_column', "', '", 'order by column_position') }} as key_names,
        {{ dbt.listagg('cell', "', '", 'order by column_position') }} as key_text,
        {{ dbt.listagg("coalesce(key_cell, '')", 'chr(1)', 'order by column_position') }} as row_key,
        max(case when is_incomplete then 1 else 0 end) as incomplete_count

    from spaced_cells

    where not is_owner

    group by
        rule_file,
        file_row,
        key_space

),

owned_rows as (

    select
        keyed_rows.rule_file,
        keyed_rows.file_row,
        keyed_rows.key_space,
        keyed_rows.rule_column,
        keyed_rows.key_names,
        keyed_rows.key_text,
        keyed_rows.row_key,
        coalesce(owners.scoring_model, '') as scoring_model

    from keyed_rows

    left join owners
        on keyed_rows.rule_file = owners.rule_file
        and keyed_rows.file_row = owners.file_row

    -- an empty cell has a fault of its own
    where keyed_rows.incomplete_count = 0

),

repeated as (

    select
        later.rule_file,
        later.file_row,
        later.rule_column,
        later.key_names,
        later.key_text,
        earlier.rule_file as earlier_file,
        earlier.file_row as earlier_row,
        later.scoring_model <> earlier.scoring_model as is_by_star,
        row_number() over (
            partition by later.rule_file, later.file_row
            order by earlier.rule_file asc, earlier.file_row asc, later.key_space asc
        ) as earlier_rank

    from owned_rows as later

    inner join owned_rows as earlier
        on later.key_space = earlier.key_space
        and later.row_key = earlier.row_key
        and (
            later.scoring_model = earlier.scoring_model
            or later.scoring_model = '*'
            or earlier.scoring_model = '*'
        )
        and (
            later.rule_file > earlier.rule_file
            or (later.rule_file = earlier.rule_file and later.file_row > earlier.file_row)
        )

),

final as (

    select
        rule_file,
        file_row,
        rule_column,
        key_text as cell,
        case
            when rule_column is not null then '"' || key_text || '" is already in row '
            else 'The same ' || key_names || ' ("' || key_text || '") are already in row '
        end
        || cast(earlier_row as text)
        || case when earlier_file <> rule_file then ' of ' || earlier_file || '.csv' else '' end
        || case when is_by_star then ', and * means every model.' else '.' end as problem,
        cast(null as text) as allowed

    from repeated

    where earlier_rank = 1

)

select * from final
