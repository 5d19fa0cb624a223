{#- The columns of a table as expressions that give text, in their order. -#}
{% macro column_texts(columns) -%}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append(text_of(adapter.quote(column.name), column.dtype | lower)) -%}
    {%- endfor -%}
    {{ return(texts) }}
{%- endmacro %}
