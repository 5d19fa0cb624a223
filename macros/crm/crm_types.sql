{#- The types that crm_fields may give to a column, by the kind of its values. -#}
{% macro crm_types(kind) -%}
    {{ return({
        'text': ['text'],
        'number': ['number', 'text'],
        'boolean': ['boolean', 'text'],
        'date': ['date', 'text'],
        'timestamp': ['date', 'datetime', 'text']
    }[kind]) }}
{%- endmacro %}
