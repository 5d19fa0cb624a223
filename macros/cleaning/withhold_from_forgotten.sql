{#- The statement that empties columns of the rows that name a lead to be forgotten; the rows stay counted. -#}
{% macro withhold_from_forgotten(columns) -%}
    update {{ this }}
    set {{ columns | join(' = null, ') }} = null
    where lead_id in (select lead_id from {{ ref('int_forgotten_leads') }} where lead_id is not null)
{%- endmacro %}
