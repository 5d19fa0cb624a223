{#- Where scores can be sent. -#}
{% macro crm_destinations() -%}
    {{ return(['hubspot', 'salesforce', 'webhook', 'csv']) }}
{%- endmacro %}
