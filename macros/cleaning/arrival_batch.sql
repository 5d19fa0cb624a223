{#-
    The batch that a raw row belongs to: the day on which it was loaded, or else on which it happened, by the first ten
    characters of what the row says. It need not be a real day: all that counts is that equal rows have the same batch.
-#}
{% macro arrival_batch(columns) -%}
    coalesce(
        {%- for name in ['loaded_at', 'occurred_at'] if name in columns %}
        {%- set text = text_of(adapter.quote(columns[name]['name']), columns[name]['type']) %}
        case when {{ text }} like '_______-%' then substr({{ text }}, 1, 10) end,
        {%- endfor %}
        'undated'
    )
{%- endmacro %}
