{#-
    The from clause of the raw rows of some batches: those named `batches`, and those of the days `since` one; of all rows where
    `batches` is none. What is asked for stands in it as it is, and by one column at a time: an engine that knows which values
    lie where need not even look at most of the other rows.
-#}
{% macro from_raw_batches(relation, columns, batches, since=none) -%}
    {%- if batches is none or not columns -%}
        {{ from_raw(relation, columns) }}
    {%- else -%}
        {%- set without_day = [] -%}
        from (
            {%- for column in arrival_columns(columns) %}
            {%- set conditions = [arrived_in(column, batches), arrived_since(column, since)] | select | list %}
            {%- if conditions and without_day %}
            {#- rows of which an earlier column says no day lie anywhere: they are looked for in one pass -#}
            {%- set conditions = [conditions | join(' or ')] %}
            {%- endif %}
            {%- for condition in conditions %}
            select * from {{ relation }}
            where
                {%- for says_no_day in without_day %}
                {{ says_no_day }} and
                {%- endfor %}
                ({{ condition }})

            union all
            {% endfor %}
            {%- do without_day.append(column.says_no_day) %}
            {%- endfor %}
            select * from {{ relation }}
            where
                {%- for says_no_day in without_day %}
                {{ says_no_day }} and
                {%- endfor %}
                {{ 'true' if 'undated' in batches else 'false' }}
        ) as raw_rows
    {%- endif -%}
{%- endmacro %}
