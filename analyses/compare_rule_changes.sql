-- One row per lead and model whose score or segment differs between two runs: the target's schema and the var `other_schema`.
-- Score with other rule files into a schema of their own first: scripts/run --rules FOLDER --schema other_rules
with

scores as (

    select * from {{ ref('lead_scores') }}

),

other_scores as (

    select
        lead_id,
        scoring_model,
        scoring_date,
        score,
        segment,
        top_reasons

    from {{ api.Relation.create(
        database=target.database, schema=var('other_schema', target.schema), identifier='lead_scores'
    ) }}

)

select
    scores.lead_id,
    scores.scoring_model,
    scores.company_name,
    scores.score,
    other_scores.score as other_score,
    other_scores.score - scores.score as score_change,
    scores.segment,
    other_scores.segment as other_segment,
    scores.top_reasons,
    other_scores.top_reasons as other_top_reasons

from scores

-- a lead that only one of the runs has scored cannot be compared
inner join other_scores
    on scores.lead_id = other_scores.lead_id
    and scores.scoring_model = other_scores.scoring_model
    and scores.scoring_date = other_scores.scoring_date

where
    scores.score is distinct from other_scores.score
    or scores.segment is distinct from other_scores.segment

order by
    abs(other_scores.score - scores.score) desc,
    scores.lead_id asc
