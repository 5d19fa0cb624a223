{#- The statement that removes the rows of batches that are no longer among the raw rows; empty for a full refresh. -#}
{% macro forget_vanished_batches() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where batch not in (select batch from {{ ref('stg_activity_batches') }})
    {%- endif -%}
{%- endmacro %}
