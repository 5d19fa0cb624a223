{#-
    Names of the raw columns of leads beyond the documented ones, as the table writes them, sorted. They become attributes
    that rules can name. A name that the project uses itself is left out, and the run's log says so.
-#}
{% macro further_lead_columns(columns) -%}
    {%- set further = [] -%}
    {%- for name in columns | sort -%}
        {%- if name == 'lead_id' or name in lead_columns() -%}
        {%- elif name in own_lead_columns() -%}
            {%- do log(
                'The column ' ~ name ~ ' of the raw leads is not used: the project has a column of that name of its own.',
                info=flags.WHICH in ['build', 'run']
            ) -%}
        {%- else -%}
            {%- do further.append(columns[name]['name']) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(further) }}
{%- endmacro %}
