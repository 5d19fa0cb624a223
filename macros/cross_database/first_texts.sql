{#-
    An aggregate: the first `count` texts, joined by `; `, in ascending order of the expressions `order_by`, which must leave
    no ties.
-#}
{% macro first_texts(text, order_by, count) -%}
    {{ adapter.dispatch('first_texts', 'lead_scoring')(text, order_by, count) }}
{%- endmacro %}

{% macro default__first_texts(text, order_by, count) -%}
    {{ dbt.listagg(text, "'; '", 'order by ' ~ order_by | join(', '), count) }}
{%- endmacro %}

{# DuckDB keeps the smallest few of a group without sorting the rest. #}
{% macro duckdb__first_texts(text, order_by, count) -%}
    array_to_string(min_by({{ text }}, ({{ order_by | join(', ') }}), {{ count }}), '; ')
{%- endmacro %}
