{#-
    Every column of the lead models, and of published leads, that the project names itself; all others are further columns of the
    raw leads.
-#}
{% macro own_lead_columns() -%}
    {{ return(['lead_id'] + lead_columns() + derived_attributes() + [
        'rejection_code', 'is_forgotten', 'is_withheld', 'email_hash', 'campaign_name', 'created_at_text',
        'updated_at_text', 'employee_count_text', 'annual_revenue_text', 'campaign_cost_text', 'is_deleted_text',
        'objects_to_profiling_text'
    ]) }}
{%- endmacro %}
