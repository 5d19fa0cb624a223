{#-
    The batch that a raw row belongs to: the day on which it was loaded, or else on which it occurred, by the first ten
    characters of what the row says. It need not be a real day: all that counts is that equal rows have the same batch.
-#}
{% macro arrival_batch(columns) -%}
    coalesce(
        {%- for column in arrival_columns(columns) %}
        {{ column.day }}{{ " || '" ~ column.suffix ~ "'" if column.suffix }},
        {%- endfor %}
        'undated'
    )
{%- endmacro %}
