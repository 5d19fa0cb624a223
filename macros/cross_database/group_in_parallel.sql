{#-
    The statement after which many rows are grouped by all processors at once, for a model with few groups that nothing runs
    beside; empty where the engine does so anyway.
-#}
{% macro group_in_parallel() -%}
    {{ adapter.dispatch('group_in_parallel', 'lead_scoring')() }}
{%- endmacro %}

{% macro default__group_in_parallel() -%}
{%- endmacro %}

{#
    PostgreSQL takes a day that is cut out of a text for different in nearly every row, and would rather group ten million rows
    in one process than hand that many groups from one to another.
#}
{% macro postgres__group_in_parallel() -%}
    set local parallel_tuple_cost = 0
{%- endmacro %}
