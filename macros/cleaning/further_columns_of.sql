{#- The further lead columns that a built model carries on from stg_leads, as it writes them, sorted. -#}
{% macro further_columns_of(relation) -%}
    {%- if not execute -%}{{ return([]) }}{%- endif -%}
    {%- set own_names = own_lead_columns() -%}
    {%- set further = [] -%}
    {%- for column in adapter.get_columns_in_relation(relation) | sort(attribute='name') -%}
        {%- if column.name | lower not in own_names -%}{%- do further.append(column.name) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(further) }}
{%- endmacro %}
