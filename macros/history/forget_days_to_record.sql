{#- Before the days of this run are written: takes out what an earlier run wrote about them. -#}
{% macro forget_days_to_record() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where crossed_on in (select observed_on from {{ ref('int_history_days') }} where is_to_record)
    {%- endif -%}
{%- endmacro %}
