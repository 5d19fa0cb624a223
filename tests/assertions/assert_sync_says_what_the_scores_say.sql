-- Returns the lead of which sync_lead_scores says something that lead_scores has moved away from, unless the run replays a past day.
with

run_day as (

    select max(scoring_date) as run_on from {{ ref('int_scoring_dates') }}

),

sync_lead_scores as (

    select * from {{ ref('sync_lead_scores') }}

),

said as (

    select * from sync_lead_scores

    where operation = 'upsert'

),

newest as (

    select max(changed_on) as changed_on from sync_lead_scores

),

lead_scores as (

    select * from {{ ref('lead_scores') }}

    where is_primary_model

),

compared as (

    select
        coalesce(lead_scores.lead_id, said.lead_id) as lead_id,
        case
            when said.lead_id is null then 'the lead is not told of'
            when lead_scores.lead_id is null then 'the lead has no primary model any more'
            when said.changed_on > run_day.run_on then 'it is said as of a day to come'
            when
                {{ age_in_days('said.changed_on', 'run_day.run_on') }}
                > {{ whole_number_var('max_sync_age_days', 30) }}
                then 'it is too old'
            when abs(said.score - lead_scores.score) >= {{ whole_number_var('min_score_change', 1) }}
                then 'the score has moved'
            when (
                said.scoring_model is distinct from lead_scores.scoring_model
                or said.grade is distinct from lead_scores.grade
                or said.segment is distinct from lead_scores.segment
                or said.is_marketing_qualified is distinct from lead_scores.is_marketing_qualified
                or said.is_sales_ready is distinct from lead_scores.is_sales_ready
                or said.is_disqualified is distinct from lead_scores.is_disqualified
            ) then 'model, grade, segment or a flag is another one'
        end as problem

    from lead_scores

    full join said
        on lead_scores.lead_id = said.lead_id

    cross join run_day

    cross join newest

    where run_day.run_on >= newest.changed_on

)

select * from compared

where problem is not null
