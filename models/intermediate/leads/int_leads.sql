-- One row per lead that is not forgotten: the raw row of it that is used, with every further raw column.
{#- A view: nothing is in it that staging has not. -#}
-- depends_on: {{ ref('int_rule_faults') }}
{{ config(materialized='view') }}
{%- set columns = ['lead_id'] + lead_columns() | reject('in', ['is_deleted', 'objects_to_profiling']) | list + [
    'created_at_text', 'updated_at_text', 'employee_count_text', 'annual_revenue_text', 'is_deleted_text',
    'objects_to_profiling_text'
] %}
{%- for column in further_columns_of(ref('stg_leads')) %}{% do columns.append(adapter.quote(column)) %}{% endfor %}
with

final as (

    select
        {{ columns | join(',\n        ') }}

    from {{ ref('stg_leads') }}

    where
        rejection_code is null
        and not is_forgotten

)

select * from final
