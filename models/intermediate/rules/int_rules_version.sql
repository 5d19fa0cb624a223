-- One row: a hash of all cells of all rule files, whatever the order of their rows and columns.
-- depends_on: {{ ref('int_rule_faults') }}
with

rule_cells as (

    select * from {{ ref('int_rule_cells') }}

),

-- each text is written with its length before it, so that no two rows can give the same text
cell_texts as (

    select
        rule_file,
        file_row,
        rule_column,
        ';' || length(rule_column) || ':' || rule_column
        || '=' || coalesce(length(cell) || ':' || cell, '') as cell_text

    from rule_cells

),

row_hashes as (

    select
        rule_file,
        file_row,
        md5(
            rule_file
            || {{ dbt.listagg('cell_text', "''", 'order by ' ~ byte_order('rule_column')) }}
        ) as row_hash

    from cell_texts

    group by
        rule_file,
        file_row

),

final as (

    select md5({{ dbt.listagg('row_hash', "''", 'order by ' ~ byte_order('row_hash')) }}) as rules_version

    from row_hashes

)

select * from final
