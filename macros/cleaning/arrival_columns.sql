{#-
    The columns that say when a raw row came, in the order in which they are believed, as a list: each with its `text`, the `day`
    that it begins with, null when it is no such text, the condition that it `says_no_day`, and the `suffix` that the names of
    its batches have behind the day.
-#}
{% macro arrival_columns(columns) -%}
    {%- set arrival_columns = [] -%}
    {%- for name, suffix in [('loaded_at', ''), ('occurred_at', ' occurred')] if name in columns -%}
        {%- set text = text_of(adapter.quote(columns[name]['name']), columns[name]['type']) -%}
        {%- set year_end = "position('-' in " ~ text ~ ")" -%}
        {%- do arrival_columns.append({
            'text': text,
            'day': 'case when ' ~ year_end ~ ' = 5 then substr(' ~ text ~ ', 1, 10) end',
            'says_no_day': 'coalesce(' ~ year_end ~ ', 0) <> 5',
            'suffix': suffix
        }) -%}
    {%- endfor -%}
    {{ return(arrival_columns) }}
{%- endmacro %}
