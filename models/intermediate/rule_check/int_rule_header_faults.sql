-- One row per fault in the header of a rule file.
with

rule_columns as (

    select * from {{ ref('int_rule_columns') }}

),

headers as (

    select
        rule_file,
        rule_column

    from {{ ref('int_rule_cells') }}

    where file_row = 1

),

expected_headers as (

    select
        rule_columns.rule_file,
        {{ dbt.listagg('rule_columns.rule_column', "'|'", 'order by rule_columns.column_position') }}
            as expected_columns,
        count(headers.rule_column) as found_count

    from rule_columns

    left join headers
        on rule_columns.rule_file = headers.rule_file
        and rule_columns.rule_column = headers.rule_column

    group by rule_columns.rule_file

),

unknown_columns as (

    select
        headers.rule_file,
        headers.rule_column,
        expected_headers.expected_columns,
        expected_headers.found_count,
        position(
            '|' || regexp_replace(headers.rule_column, '_[0-9]+$', '') || '|'
            in '|' || expected_headers.expected_columns || '|'
        ) > 0 as is_repeated

    from headers

    inner join expected_headers
        on headers.rule_file = expected_headers.rule_file

    left join rule_columns
        on headers.rule_file = rule_columns.rule_file
        and headers.rule_column = rule_columns.rule_column

    where rule_columns.rule_column is null

),

missing_columns as (

    select
        rule_columns.rule_file,
        rule_columns.rule_column

    from rule_columns

    inner join expected_headers
        on rule_columns.rule_file = expected_headers.rule_file

    left join headers
        on rule_columns.rule_file = headers.rule_file
        and rule_columns.rule_column = headers.rule_column

    where headers.rule_column is null and expected_headers.found_count > 0

),

-- where no column is right, the file as a whole was saved wrongly: one fault says so
unreadable_files as (

    select
        rule_file,
        max(
            case
                when position(';' in rule_column) > 0
                    then 'The columns are separated by semicolons. '
                    || 'Save the file as CSV with commas, in UTF-8.'
                when position(chr(9) in rule_column) > 0
                    then 'The columns are separated by tabs. '
                    || 'Save the file as CSV with commas, in UTF-8.'
                when position(',' in rule_column) > 0
                    then 'Each line stands in quotes as a whole. '
                    || 'Save the file as CSV again, in UTF-8.'
            end
        ) as mis_saved,
        max(expected_columns) as expected_columns

    from unknown_columns

    where found_count = 0

    group by rule_file

),

final as (

    select
        rule_file,
        cast(null as text) as rule_column,
        cast(null as text) as cell,
        coalesce(mis_saved, 'None of the columns is known. The first row must be the header.')
            as problem,
        expected_columns as allowed

    from unreadable_files

    union all

    select
        rule_file,
        rule_column,
        rule_column as cell,
        case
            when is_repeated
                then 'The column is there twice (the second one is read as "' || rule_column
                || '").'
            when length(rule_column) = 1
                then 'A column has no name (it is read as "' || rule_column
                || '"). Is there a comma too many?'
            else 'There is no column "' || rule_column || '" in this file.'
        end as problem,
        case when not is_repeated and length(rule_column) > 1 then expected_columns end as allowed

    from unknown_columns

    where found_count > 0

    union all

    select
        rule_file,
        rule_column,
        cast(null as text) as cell,
        'The column "' || rule_column || '" is missing.' as problem,
        cast(null as text) as allowed

    from missing_columns

)

select
    rule_file,
    1 as file_row,
    rule_column,
    cell,
    problem,
    allowed

from final
