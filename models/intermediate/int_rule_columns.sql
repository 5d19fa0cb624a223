-- One row per column that a rule file must have, with what its cells may hold, as the YAML beside the file says.
{%- set selects = [] %}
{%- if execute %}
    {%- for rule_file in rule_files() %}
        {%- set seed = rule_file_spec(rule_file) %}
        {%- for column in seed.columns.values() %}
            {%- set spec = column.config.meta %}
            {%- set refers_to = (spec.refers_to or '.').split('.') %}
            {%- set select %}
    select
        {{ text_literal(rule_file) }} as rule_file,
        {{ loop.index }} as column_position,
        {{ text_literal(column.name) }} as rule_column,
        {{ text_literal(spec.reads_as) }} as reads_as,
        {{ 'true' if spec.required else 'false' }} as is_required,
        {{ text_literal(spec.allowed | join('|') if spec.allowed else none) }} as allowed,
        {{ text_literal(spec.get('at_least')) }} as at_least,
        {{ text_literal(spec.get('more_than')) }} as more_than,
        {{ text_literal(spec.get('at_most')) }} as at_most,
        {{ text_literal('0.' ~ '0' * (spec.decimals - 1) ~ '1' if spec.decimals else none) }} as smallest_step,
        {{ text_literal(refers_to[0] or none) }} as refers_to_file,
        {{ text_literal(refers_to[1] or none) }} as refers_to_column,
        {{ 'true' if spec.or_star else 'false' }} as accepts_star,
        {{ 'true' if column.name in seed.config.meta.key else 'false' }} as is_key,
        {{ 'true' if spec.ignores_case else 'false' }} as ignores_case
            {%- endset %}
            {%- do selects.append(select) %}
        {%- endfor %}
    {%- endfor %}
{%- endif %}
with

rule_columns as (
    {{ selects | join('\n\n    union all\n') or 'select 1 as column_position' }}

)

select * from rule_columns
