{#-
    What the YAML beside the rule files says of each column, as rows of a values list: rule file, column, position and then
    the named properties. A row without any text when the project is only parsed.
-#}
{% macro rule_column_specs(properties) -%}
    {%- set rows = [] -%}
    {%- if execute -%}
        {%- for rule_file in rule_files() -%}
            {%- set seed = rule_file_spec(rule_file) -%}
            {%- for column in seed.columns.values() -%}
                {%- set meta = column.config.meta -%}
                {%- set refers_to = (meta.get('refers_to') or '.').split('.') -%}
                {%- set spec = {
                    'reads_as': meta.get('reads_as'),
                    'allowed': meta.get('allowed') | join('|') if meta.get('allowed') else none,
                    'at_least': meta.get('at_least'),
                    'more_than': meta.get('more_than'),
                    'at_most': meta.get('at_most'),
                    'smallest_step': '0.' ~ '0' * (meta.get('decimals') - 1) ~ '1' if meta.get('decimals') else none,
                    'refers_to_file': refers_to[0] or none,
                    'refers_to_column': refers_to[1] or none,
                    'is_required': 'true' if meta.get('required') else 'false',
                    'accepts_star': 'true' if meta.get('or_star') else 'false',
                    'is_key': 'true' if column.name in seed.config.meta.get('key', []) else 'false',
                    'ignores_case': 'true' if meta.get('ignores_case') else 'false'
                } -%}
                {%- set cells = [text_literal(rule_file), text_literal(column.name), loop.index] -%}
                {%- for property in properties -%}{%- do cells.append(text_literal(spec[property])) -%}{%- endfor -%}
                {%- do rows.append('(' ~ cells | join(', ') ~ ')') -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ rows | join(',\n        ') or '(' ~ (['null'] * (properties | length + 3)) | join(', ') ~ ')' }}
{%- endmacro %}
