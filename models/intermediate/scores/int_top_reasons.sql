-- One row per scoring date, lead and scoring model with at least one reason: its strongest reasons in words, the strongest first.
{%- set reason_count = whole_number_var('top_reasons_count', 3) %}
with

rule_contributions as (

    select * from {{ ref('int_rule_contributions') }}

),

-- what rounds to no points at all is no reason
strongest as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        {{ first_texts(
            "reason || ' (' || case when points > 0 then '+' else '' end || " ~ points_text('points') ~ " || ')'",
            ['-abs(points)', byte_order('rule_id')],
            reason_count
        ) }} as reasons

    from rule_contributions

    where abs(points) >= 0.05

    group by
        scoring_date,
        lead_id,
        scoring_model

),

ranked_disqualifications as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        'Disqualified: ' || words as disqualification,
        row_number() over (
            partition by scoring_date, lead_id, scoring_model
            order by {{ byte_order('rule_id') }} asc
        ) as disqualification_rank

    from rule_contributions

    where is_disqualifying

),

disqualified as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        disqualification

    from ranked_disqualifications

    where disqualification_rank = 1

),

explained as (

    select
        scoring_date,
        lead_id,
        scoring_model

    from strongest

    union

    select
        scoring_date,
        lead_id,
        scoring_model

    from disqualified

),

final as (

    select
        explained.scoring_date,
        explained.lead_id,
        explained.scoring_model,
        case
            when disqualified.disqualification is null then strongest.reasons
            when strongest.reasons is null then disqualified.disqualification
            else disqualified.disqualification || '; ' || strongest.reasons
        end as top_reasons

    from explained

    left join strongest
        on explained.scoring_date = strongest.scoring_date
        and explained.lead_id = strongest.lead_id
        and explained.scoring_model = strongest.scoring_model

    left join disqualified
        on explained.scoring_date = disqualified.scoring_date
        and explained.lead_id = disqualified.lead_id
        and explained.scoring_model = disqualified.scoring_model

)

select * from final
