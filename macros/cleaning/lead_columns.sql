{#-
    The columns of a lead that the contract with the raw tables names, in its order (they are the tie-break of duplicates in
    this order, too).
-#}
{% macro lead_columns() -%}
    {{ return([
        'created_at', 'email', 'first_name', 'last_name', 'phone', 'job_title', 'company_name', 'industry',
        'employee_count', 'annual_revenue', 'country', 'region', 'lead_source', 'campaign_id', 'owner_id',
        'updated_at', 'is_deleted', 'objects_to_profiling'
    ]) }}
{%- endmacro %}
