-- One row per column that a rule file must have, with what its cells may hold, as the YAML beside
-- the file says.
{%- set properties = [
    'reads_as', 'allowed', 'at_least', 'more_than', 'at_most', 'smallest_step', 'refers_to_file',
    'refers_to_column'
] %}
{%- set flags_of_columns = ['is_required', 'accepts_star', 'is_key', 'ignores_case'] %}
with

specified as (

    select *

    from (
        values {{ rule_column_specs(properties + flags_of_columns) }}
    ) as specs (
        rule_file,
        rule_column,
        column_position,
        {{ (properties + flags_of_columns) | join(',\n        ') }}
    )

),

final as (

    select
        cast(rule_file as text) as rule_file,
        cast(rule_column as text) as rule_column,
        column_position,
        {%- for property in properties %}
        cast({{ property }} as text) as {{ property }},
        {%- endfor %}
        {%- for flag in flags_of_columns %}
        cast({{ flag }} as boolean) as {{ flag }}{{ ',' if not loop.last }}
        {%- endfor %}

    from specified

)

select * from final
