-- Returns the row of the history that overlaps the next one, ends before it begins, or differs in nothing from the one before.
with

history as (

    select
        *,
        lead(valid_from) over lead_days as next_valid_from,
        lag(valid_to) over lead_days as last_valid_to,
        {%- for value in ['score', 'grade', 'segment', 'is_marketing_qualified', 'is_sales_ready', 'is_disqualified',
            'is_primary_model', 'is_below_marketing_qualified_exit', 'is_below_sales_ready_exit'] %}
        ({{ value }} is not distinct from lag({{ value }}) over lead_days)
        {%- if not loop.last %} and{% endif %}
        {%- endfor %} as is_same

    from {{ ref('lead_score_history') }}

    window lead_days as (
        partition by lead_id, scoring_model
        order by valid_from asc
    )

)

select
    lead_id,
    scoring_model,
    valid_from,
    valid_to,
    case
        when valid_to < valid_from then 'the row ends before it begins'
        when is_same and last_valid_to = valid_from - 1 then 'nothing changed on the day'
        when segment_since > valid_from then 'the segment began after the row'
        else 'the row overlaps the next one'
    end as problem

from history

where
    valid_to < valid_from
    or (is_same and last_valid_to = valid_from - 1)
    or segment_since > valid_from
    or (next_valid_from is not null and coalesce(valid_to >= next_valid_from, true))
