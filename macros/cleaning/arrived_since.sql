{#- The condition that one of the arrival columns says a day that is not before another one; empty for none. -#}
{% macro arrived_since(column, since) -%}
    {%- if since is not none -%}
        {#- what begins with a day is not before it, in whatever way the engine compares texts -#}
        {{ column.text }} >= '{{ since }}' and {{ column.day }} >= '{{ since }}'
    {%- endif -%}
{%- endmacro %}
