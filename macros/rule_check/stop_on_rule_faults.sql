{#- Stops the run with one message that lists what is wrong in the rule files; does nothing when they are right. -#}
{% macro stop_on_rule_faults(printed_count=50, files='rule files') -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set faults = run_query(
        'select rule_file, file_row, rule_column, cell, problem, allowed from ' ~ this
        ~ ' order by ' ~ byte_order('rule_file') ~ ', coalesce(file_row, 0), ' ~ byte_order('rule_column')
        ~ ' nulls first, ' ~ byte_order('problem')
    ).rows -%}
    {%- if faults | length > 0 -%}
        {%- set lines = [] -%}
        {%- for fault in faults -%}
            {%- if loop.index <= printed_count -%}{%- do lines.append(rule_fault_sentence(fault)) -%}{%- endif -%}
        {%- endfor -%}
        {%- if faults | length > printed_count -%}
            {%- do lines.append('... and ' ~ (faults | length - printed_count) ~ ' more, listed in ' ~ this.schema ~ '.' ~ this.identifier ~ '.') -%}
        {%- endif -%}
        {{ exceptions.raise_compiler_error(
            'The ' ~ files ~ ' have ' ~ faults | length ~ (' fault' if faults | length == 1 else ' faults') ~ '. '
            ~ 'Nothing was scored, and the published tables are as they were.\n'
            ~ lines | join('\n')
        ) }}
    {%- endif -%}
{%- endmacro %}
