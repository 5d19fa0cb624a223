{#- The names of the batches that batches_to_read gives, as a list; none where that is all of them, or nothing is to be executed. -#}
{% macro names_of_batches_to_read() -%}
    {%- if not execute or not is_incremental() -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set batches = run_query(
        'with batches as (select * from ' ~ ref('stg_activity_batches') ~ ') ' ~ batches_to_read()
    ) -%}
    {{ return(batches.columns[0].values() | list) }}
{%- endmacro %}
