{#- An age in whole days in words: today, yesterday, 5 days ago. -#}
{% macro days_ago(age_days) -%}
    case {{ age_days }}
        when 0 then 'today'
        when 1 then 'yesterday'
        else cast({{ age_days }} as text) || ' days ago'
    end
{%- endmacro %}
