{#- The from clause of a raw table; a table that is absent reads as one without rows. -#}
{% macro from_raw(relation, columns) -%}
    {%- if columns -%}
        from {{ relation }}
    {%- else -%}
        from (select 1 as nothing) as absent_table where 1 = 0
    {%- endif -%}
{%- endmacro %}
