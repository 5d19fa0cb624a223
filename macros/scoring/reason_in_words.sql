{#-
    Why a rule gave what it gave, for people: the words of the rule, and for behaviour how often and how long ago. What goes in
    are the names of two relations, of rules and of contributions.
-#}
{% macro reason_in_words(rules, contributions) -%}
    {{ rules }}.words
        || case
            when {{ contributions }}.activity_count is null then ''
            when {{ contributions }}.activity_count > 1
                then ' ' || cast({{ contributions }}.activity_count as text) || ' times, last '
            else ' '
        end
        || case
            when {{ contributions }}.activity_count is null then ''
            else {{ days_ago(
                age_in_days('cast(' ~ contributions ~ '.latest_activity_at as date)', contributions ~ '.scoring_date')
            ) | indent(12) }}
        end
{%- endmacro %}
