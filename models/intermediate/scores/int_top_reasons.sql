-- One row per scoring date, lead and scoring model with at least one reason: its strongest reasons in words, the strongest first.
{%- set reason_count = whole_number_var('top_reasons_count', 3) %}
with

-- what rounds to no points at all is no reason
strongest as (

    select
        scoring_date,
        lead_model_number,
        {{ first_texts(
            "reason || ' (' || case when points > 0 then '+' else '' end || " ~ points_text('points') ~ " || ')'",
            ['-abs(points)', byte_order('rule_id')],
            reason_count
        ) }} as reasons

    from {{ ref('int_rule_contributions') }}

    where abs(points) >= 0.05

    group by
        scoring_date,
        lead_model_number

),

ranked_disqualifications as (

    select
        scoring_date,
        lead_model_number,
        'Disqualified: ' || words as disqualification,
        row_number() over (
            partition by scoring_date, lead_model_number
            order by {{ byte_order('rule_id') }} asc
        ) as disqualification_rank

    from {{ ref('int_rule_contributions') }}

    where is_disqualifying

),

disqualified as (

    select
        scoring_date,
        lead_model_number,
        disqualification

    from ranked_disqualifications

    where disqualification_rank = 1

),

explained as (

    select
        scoring_date,
        lead_model_number

    from strongest

    union

    select
        scoring_date,
        lead_model_number

    from disqualified

),

final as (

    select
        explained.scoring_date,
        explained.lead_model_number,
        case
            when disqualified.disqualification is null then strongest.reasons
            when strongest.reasons is null then disqualified.disqualification
            else disqualified.disqualification || '; ' || strongest.reasons
        end as top_reasons

    from explained

    left join strongest
        on explained.scoring_date = strongest.scoring_date
        and explained.lead_model_number = strongest.lead_model_number

    left join disqualified
        on explained.scoring_date = disqualified.scoring_date
        and explained.lead_model_number = disqualified.lead_model_number

)

select * from final
