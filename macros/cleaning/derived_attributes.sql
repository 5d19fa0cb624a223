{#- Attributes that the project derives; a raw column of the same name is not used. -#}
{% macro derived_attributes() -%}
    {{ return(['email_domain', 'email_domain_kind', 'job_seniority', 'job_function', 'campaign_channel', 'campaign_cost']) }}
{%- endmacro %}
