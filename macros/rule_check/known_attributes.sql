{#- The attributes that rules can name, in lower case: what raw_columns found in the leads, and what the project derives. -#}
{% macro known_attributes(columns) -%}
    {%- set names = ['lead_id'] + lead_columns() + derived_attributes() -%}
    {%- for name in further_lead_columns(columns) -%}
        {%- do names.append(name | lower) -%}
    {%- endfor -%}
    {{ return(names | sort) }}
{%- endmacro %}
