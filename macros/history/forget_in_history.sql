{#- The statement that takes the rows of leads to be forgotten out of a table that is kept from run to run. -#}
{% macro forget_in_history() -%}
    delete from {{ this }}
    where lead_id in (select lead_id from {{ ref('int_forgotten_leads') }} where lead_id is not null)
{%- endmacro %}
