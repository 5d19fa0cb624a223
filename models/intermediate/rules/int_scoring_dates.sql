-- One row per day to score: the scoring date of this run.
with

scoring_dates as (

    select {{ scoring_date() }} as scoring_date

)

select * from scoring_dates
