{#- The columns that crm_fields.csv must have. -#}
{% macro crm_field_columns() -%}
    {{ return(['destination', 'crm_property', 'column_name', 'type', 'rounding', 'rationale']) }}
{%- endmacro %}
