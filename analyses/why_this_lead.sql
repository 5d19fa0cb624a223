-- One row per contribution to the scores of one lead, the strongest first: dbt show --select why_this_lead --vars '{lead_id: L000001}'
select
    lead_id,
    scoring_model,
    scoring_date,
    contribution_type,
    rule_id,
    points,
    points_before_decay,
    activity_count,
    reason

from {{ ref('lead_score_contributions') }}

where lead_id = '{{ var("lead_id", "") }}'

order by
    scoring_model asc,
    abs(points) desc,
    rule_id asc
