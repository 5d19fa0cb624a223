-- Returns the population that has moved far from its reference days: what the rules were made for may no longer be what comes in.
{{ config(severity='warn') }}
select
    population_kind,
    population_name,
    stability_index,
    most_moved_category,
    reference_share,
    recent_share,
    'the recent days differ much from the reference days' as problem

from {{ ref('score_drift') }}

where drift = 'large'
