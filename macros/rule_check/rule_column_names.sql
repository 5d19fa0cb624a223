{#- The names of all columns that rule files have, each once, sorted. -#}
{% macro rule_column_names() -%}
    {%- set names = [] -%}
    {%- if execute -%}
        {%- for rule_file in rule_files() -%}
            {%- for name in rule_file_spec(rule_file).columns if name not in names -%}
                {%- do names.append(name) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(names | sort) }}
{%- endmacro %}
