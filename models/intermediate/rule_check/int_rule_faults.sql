-- One row per fault in the rule files. As long as there is one, the run stops here, before anything
-- is scored. So it does as long as there is one in crm_fields.csv.
-- depends_on: {{ ref('int_crm_field_faults') }}
{{ config(post_hook={'sql': '{{ stop_on_rule_faults() }}', 'transaction': false}) }}
with

header_faults as (

    select * from {{ ref('int_rule_header_faults') }}

),

content_faults as (

    select * from {{ ref('int_rule_cell_faults') }}
    union all
    select * from {{ ref('int_rule_key_faults') }}
    union all
    select * from {{ ref('int_rule_condition_faults') }}
    union all
    select * from {{ ref('int_rule_behaviour_faults') }}
    union all
    select * from {{ ref('int_rule_model_faults') }}
    union all
    select * from {{ ref('int_rule_band_faults') }}

),

faults as (

    select * from header_faults

    union all

    select * from content_faults

    -- what follows from a wrong header is not worth telling
    where content_faults.rule_file not in (select header_faults.rule_file from header_faults)

),

final as (

    select
        rule_file,
        file_row,
        rule_column,
        cell,
        problem,
        allowed

    from faults

)

select * from final
