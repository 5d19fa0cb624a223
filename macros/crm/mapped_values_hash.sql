{#-
    A hash over the values of a row of sync_lead_scores in the columns that crm_fields names, rounded as there. `field_map` is
    the step with one row that says which these are: `sends_<column>` and `<column>_decimals`. A text is written with its length
    before it, so that no two rows can give the same text; what holds no semicolon needs none.
-#}
{% macro mapped_values_hash(row, field_map) -%}
    md5(
        {%- for name, kind in sync_columns().items() %}
        {%- set value = row ~ '.' ~ name %}
        {%- if kind == 'number' %}
        {%- set rounded %}case {{ field_map }}.{{ name }}_decimals
                {%- for decimals in range(4) %}
                when {{ decimals }} then round({{ value }}, {{ decimals }})
                {%- endfor %}
                else {{ value }}
            end{% endset %}
        {%- set text = plain_number(rounded) %}
        {%- elif kind == 'boolean' %}
        {%- set text = "case " ~ value ~ " when true then 'true' when false then 'false' end" %}
        {%- elif kind in ['date', 'timestamp'] %}
        {%- set text = timestamp_text('cast(' ~ value ~ ' as timestamp)') %}
        {%- else %}
        {%- set text = value %}
        {%- endif %}
        {%- if not loop.first %}
        ||{% endif %} case
            when {{ field_map }}.sends_{{ name }}
                then ';{{ name }}=' || coalesce({% if kind == 'text' %}length({{ text }}) || {% endif %}':' || {{ text }}, '')
            else ''
        end
        {%- endfor %}
    )
{%- endmacro %}
