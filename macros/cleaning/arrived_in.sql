{#-
    The condition that one of the arrival columns says a day of some batches; empty when it has none of them. Beside it stand
    bounds that an engine can hold against what it knows of many rows at once.
-#}
{% macro arrived_in(column, batches) -%}
    {%- set days = [] -%}
    {%- set odd_days = [] -%}
    {%- for batch in batches | sort if batch != 'undated' and batch.endswith(' occurred') == (column.suffix != '') -%}
        {%- set day = batch[:batch | length - column.suffix | length] -%}
        {%- do days.append(day) -%}
        {%- if not modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', day) -%}{%- do odd_days.append(day) -%}{%- endif -%}
    {%- endfor -%}
    {%- if days -%}
        {%- if not odd_days -%}
            {#- what begins with a day is not before it, and before the next number, in whatever way the engine compares texts -#}
            {{ column.text }} >= '{{ days[0] }}' and {# -#}
            {%- set next_number = days[-1][8:] | int + 1 -%}
            {%- if next_number < 100 -%}
                {{ column.text }} < '{{ days[-1][:8] ~ '%02d' % next_number }}' and {# -#}
            {%- endif -%}
        {%- endif -%}
        {{ column.day }} in ({% for day in days %}{{ text_literal(day) }}{{ ', ' if not loop.last }}{% endfor %})
    {%- endif -%}
{%- endmacro %}
