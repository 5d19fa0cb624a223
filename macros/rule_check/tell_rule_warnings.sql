{#- Writes into the run's log how many rows the table of warnings has, and the first of them. Never stops a run. -#}
{% macro tell_rule_warnings(told_count=5) -%}
    {%- if execute -%}
        {%- set warnings = run_query(
            'select rule_file, scoring_model, rule_name, warning from ' ~ this
            ~ ' order by ' ~ byte_order('rule_file') ~ ', ' ~ byte_order('rule_name') ~ ', ' ~ byte_order('scoring_model')
            ~ ', ' ~ byte_order('warning')
        ).rows -%}
        {%- if warnings | length > 0 -%}
            {%- do log(
                'The rules can be used, but ' ~ warnings | length
                ~ (' thing about them looks' if warnings | length == 1 else ' things about them look')
                ~ ' odd (listed in ' ~ this.schema ~ '.' ~ this.identifier ~ '):',
                info=true
            ) -%}
            {%- for warning in warnings[:told_count] -%}
                {%- do log(
                    '  ' ~ warning['rule_file'] ~ '.csv, model ' ~ warning['scoring_model'] ~ ', ' ~ warning['rule_name'] ~ ': '
                    ~ warning['warning'],
                    info=true
                ) -%}
            {%- endfor -%}
            {%- if warnings | length > told_count -%}
                {%- do log('  ... and ' ~ (warnings | length - told_count) ~ ' more.', info=true) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
