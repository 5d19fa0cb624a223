{#- The statements that note which days lead_score_history has now recorded, with the rules that were in force. -#}
{% macro record_history_days() -%}
    delete from {{ ref('int_recorded_days') }}
    where recorded_on in (select observed_on from {{ ref('int_history_days') }} where is_to_record);

    insert into {{ ref('int_recorded_days') }} (recorded_on, rules_version)
    select
        history_days.observed_on,
        rules_version.rules_version
    from {{ ref('int_history_days') }} as history_days
    cross join {{ ref('int_rules_version') }} as rules_version
    where history_days.is_to_record
{%- endmacro %}
