{#-
    The from clause of the raw rows of the batches that a model has yet to read. Their names stand in it, and each condition
    asks for one column: an engine that knows which values lie where need not even look at most of the other rows.
-#}
{% macro from_raw_batches(relation, columns) -%}
    {%- set batches = names_of_batches_to_read() -%}
    {%- if batches is none or not columns -%}
        {{ from_raw(relation, columns) }}
    {%- else -%}
        {%- set days = batches | reject('equalto', 'undated') | sort -%}
        {%- set day_texts = [] -%}
        {%- set odd_days = [] -%}
        {%- for day in days -%}
            {%- do day_texts.append(text_literal(day)) -%}
            {%- if not modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', day) -%}{%- do odd_days.append(day) -%}{%- endif -%}
        {%- endfor -%}
        {%- set columns_before = [] -%}
        from (
            {%- for column in arrival_columns(columns) %}
            select * from {{ relation }}
            where
                {%- for column_before in columns_before %}
                {{ column_before.day }} is null and
                {%- endfor %}
                {#- what begins with a day is not before it, in whatever way the engine compares texts #}
                {%- if days and not odd_days %}
                {{ column.text }} >= {{ day_texts[0] }} and
                {%- endif %}
                {{ column.day }} in ({{ day_texts | join(', ') or 'null' }})

            union all
            {%- do columns_before.append(column) %}
            {% endfor %}
            select * from {{ relation }}
            where
                {%- for column in columns_before %}
                {{ column.day }} is null and
                {%- endfor %}
                {{ 'true' if 'undated' in batches else 'false' }}
        ) as raw_rows
    {%- endif -%}
{%- endmacro %}
