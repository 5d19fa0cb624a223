-- Returns the lead and model with a score but outside the audience, or in the audience but without a score, or with two primary models.
with

lead_scores as (

    select * from {{ ref('lead_scores') }}

),

lead_models as (

    select
        scoring_dates.scoring_date,
        lead_models.lead_id,
        lead_models.scoring_model

    from {{ ref('int_lead_models') }} as lead_models

    inner join {{ ref('int_scoring_dates') }} as scoring_dates
        on lead_models.created_on <= scoring_dates.scoring_date

),

-- an active model without audience rows takes every lead that exists on the day
leads_of_open_models as (

    select
        scoring_dates.scoring_date,
        leads.lead_id,
        scoring_models.scoring_model

    from {{ ref('stg_leads') }} as leads

    inner join {{ ref('int_scoring_dates') }} as scoring_dates
        on cast(leads.created_at as date) <= scoring_dates.scoring_date

    cross join {{ ref('int_scoring_models') }} as scoring_models

    left join {{ ref('int_attribute_rules') }} as audience_rules
        on scoring_models.scoring_model = audience_rules.scoring_model
        and audience_rules.rule_family = 'audience'

    where
        leads.rejection_code is null
        and not leads.is_forgotten
        and audience_rules.scoring_model is null

)

select
    lead_models.scoring_date,
    lead_models.lead_id,
    lead_models.scoring_model,
    'the lead is in the audience but has no score' as problem

from lead_models

left join lead_scores
    on lead_models.scoring_date = lead_scores.scoring_date
    and lead_models.lead_id = lead_scores.lead_id
    and lead_models.scoring_model = lead_scores.scoring_model

where lead_scores.lead_id is null

union all

select
    leads_of_open_models.scoring_date,
    leads_of_open_models.lead_id,
    leads_of_open_models.scoring_model,
    'the model takes every lead but this one has no score' as problem

from leads_of_open_models

left join lead_scores
    on leads_of_open_models.scoring_date = lead_scores.scoring_date
    and leads_of_open_models.lead_id = lead_scores.lead_id
    and leads_of_open_models.scoring_model = lead_scores.scoring_model

where lead_scores.lead_id is null

union all

select
    lead_scores.scoring_date,
    lead_scores.lead_id,
    lead_scores.scoring_model,
    'the lead has a score but is not in the audience' as problem

from lead_scores

left join lead_models
    on lead_scores.scoring_date = lead_models.scoring_date
    and lead_scores.lead_id = lead_models.lead_id
    and lead_scores.scoring_model = lead_models.scoring_model

where lead_models.lead_id is null

union all

select
    lead_scores.scoring_date,
    lead_scores.lead_id,
    min(lead_scores.scoring_model) as scoring_model,
    'a lead in the audience of an active model must have exactly one primary model' as problem

from lead_scores

inner join {{ ref('int_scoring_models') }} as scoring_models
    on lead_scores.scoring_model = scoring_models.scoring_model

group by
    lead_scores.scoring_date,
    lead_scores.lead_id

having
    sum(case when lead_scores.is_primary_model then 1 else 0 end)
    <> max(case when scoring_models.status = 'active' then 1 else 0 end)
