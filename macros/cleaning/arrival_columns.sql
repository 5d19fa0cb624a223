{#-
    The columns that say when a raw row came, in the order in which they are believed, as a list: each with its `text` and the
    `day` that it begins with, null when it is no such text.
-#}
{% macro arrival_columns(columns) -%}
    {%- set arrival_columns = [] -%}
    {%- for name in ['loaded_at', 'occurred_at'] if name in columns -%}
        {%- set text = text_of(adapter.quote(columns[name]['name']), columns[name]['type']) -%}
        {%- do arrival_columns.append({
            'text': text,
            'day': "case when position('-' in " ~ text ~ ") = 5 then substr(" ~ text ~ ", 1, 10) end"
        }) -%}
    {%- endfor -%}
    {{ return(arrival_columns) }}
{%- endmacro %}
