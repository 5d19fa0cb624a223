{#- Before what moved the scores by some days is written: takes out what an earlier run wrote about these days. -#}
{% macro forget_days_to_explain() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where crossed_on in (select observed_on from {{ ref('int_history_days') }} where is_to_explain)
    {%- endif -%}
{%- endmacro %}
