{#- The names of the documented columns of the raw table activities, as a list. -#}
{% macro activity_columns() -%}
    {{ return([
        'activity_id', 'activity_type', 'occurred_at', 'lead_id', 'email', 'asset', 'campaign_id', 'is_bot', 'loaded_at'
    ]) }}
{%- endmacro %}
