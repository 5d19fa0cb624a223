-- Returns the crossing that does not follow its opposite, or the first one that is no entry.
with

events as (

    select
        *,
        lag(event) over (
            partition by lead_id, scoring_model, threshold
            order by crossed_on asc
        ) as last_event

    from {{ ref('lead_threshold_events') }}

)

select
    lead_id,
    scoring_model,
    threshold,
    crossed_on,
    event,
    last_event,
    'entries and exits do not take turns' as problem

from events

where event <> case when last_event = 'entered' then 'exited' else 'entered' end
