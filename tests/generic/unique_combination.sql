{#-
    Passes when no two rows share their values in `columns`, null counting as a value. Give it a name that says the promise:

        - unique_combination:
            name: ranked_leads_has_one_row_per_key
            arguments:
              columns: [scoring_date, lead_id]
-#}
{% test unique_combination(model, columns) %}

select
    {{ columns | join(',\n    ') }},
    count(*) as row_count

from {{ model }}

group by
    {{ columns | join(',\n    ') }}

having count(*) > 1

{% endtest %}
