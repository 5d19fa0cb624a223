{#- The names of the columns of rule files as rows of a values list: rule file, column. -#}
{% macro header_values(columns_by_file) -%}
    {%- set rows = [] -%}
    {%- for rule_file, columns in columns_by_file.items() -%}
        {%- for column in columns -%}
            {%- do rows.append('(' ~ text_literal(rule_file) ~ ', ' ~ text_literal(column.name) ~ ')') -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ rows | join(',\n        ') or '(null, null)' }}
{%- endmacro %}
