{#- The names of the rule files, as seeds, that the rule check reads. -#}
{% macro rule_files() -%}
    {{ return([
        'behaviour_categories', 'behaviour_points', 'decay_curves', 'decay_steps', 'email_domains', 'fit_points',
        'job_titles', 'model_audiences', 'negative_attributes', 'score_grades', 'score_segments',
        'score_thresholds', 'scoring_models', 'threshold_requirements'
    ]) }}
{%- endmacro %}
