{#- The number of a lead and scoring model, as in int_lead_models, from the lead's number and the model's place among all. -#}
{% macro lead_model_number(lead_number, scoring_models) -%}
    cast(
        ({{ lead_number }} - 1) * {{ scoring_models }}.model_count + {{ scoring_models }}.model_number as integer
    )
{%- endmacro %}
