-- One row per column that a rule file must have, with what its cells may hold, as the YAML beside
-- the file says.
{%- set texts = [
    'reads_as', 'allowed', 'at_least', 'more_than', 'at_most', 'smallest_step', 'refers_to_file',
    'refers_to_column'
] %}
{%- set booleans = ['is_required', 'accepts_star', 'is_key', 'ignores_case'] %}
with

specs as (

    select *

    from (
        values
        {{ rule_column_specs(texts + booleans) }}
    ) as specified_columns (
        rule_file,
        rule_column,
        column_position,
        {{ (texts + booleans) | join(',\n        ') }}
    )

),

final as (

    select
        cast(rule_file as text) as rule_file,
        cast(rule_column as text) as rule_column,
        {%- for name in texts %}
        cast({{ name }} as text) as {{ name }},
        {%- endfor %}
        {%- for name in booleans %}
        cast({{ name }} as boolean) as {{ name }},
        {%- endfor %}
        cast(column_position as integer) as column_position

    from specs

)

select * from final
