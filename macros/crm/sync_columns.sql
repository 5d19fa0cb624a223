{#- The columns of sync_lead_scores that crm_fields may name, with the kind of their values: text, number, boolean, date, timestamp. -#}
{% macro sync_columns() -%}
    {{ return({
        'lead_id': 'text',
        'changed_on': 'date',
        'email': 'text',
        'scoring_model': 'text',
        'score': 'number',
        'grade': 'text',
        'segment': 'text',
        'is_marketing_qualified': 'boolean',
        'is_sales_ready': 'boolean',
        'is_disqualified': 'boolean',
        'fit_points': 'number',
        'behaviour_points': 'number',
        'penalty_points': 'number',
        'score_rank': 'number',
        'score_percentile': 'number',
        'activity_count': 'number',
        'last_activity_at': 'timestamp',
        'top_reasons': 'text'
    }) }}
{%- endmacro %}
