-- One row per opportunity that was decided by the scoring date: won or lost, or in the stage of the var outcome_stage.
{%- set stage = var('outcome_stage', '') | string | trim %}
with

scoring_dates as (

    select * from {{ ref('int_scoring_dates') }}

),

opportunities as (

    select * from {{ ref('stg_opportunities') }}

    where rejection_code is null

),

judged as (

    select
        lead_id,
        amount,
        {%- if stage %}
        coalesce({{ lower_case('stage') }} = {{ lower_case("'" ~ stage | replace("'", "''") ~ "'") }}, false) as is_win,
        {%- else %}
        coalesce(is_won, false) as is_win,
        {%- endif %}
        is_won,
        cast(closed_at as date) as closed_on,
        cast(created_at as date) as opened_on

    from opportunities

),

dated as (

    select
        lead_id,
        amount,
        is_win,
        -- a stage has no date of its own: of an opportunity that is open still, its first day stands in
        {%- if stage %}
        case when is_win then coalesce(closed_on, opened_on) when not is_won then closed_on end as decided_on
        {%- else %}
        case when is_won is not null then closed_on end as decided_on
        {%- endif %}

    from judged

),

final as (

    select
        dated.lead_id,
        dated.decided_on,
        dated.is_win,
        cast(case when dated.is_win then dated.amount end as numeric(38, 2)) as won_amount

    from dated

    inner join scoring_dates
        on dated.decided_on <= scoring_dates.scoring_date

)

select * from final
