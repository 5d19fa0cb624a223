-- One row per scoring date, lead and scoring model with at least one reason: its strongest reasons in words, the strongest first.
{%- set reason_count = whole_number_var('top_reasons_count', 3) %}
with

model_rules as (

    select * from {{ ref('int_model_rules') }}

),

-- what rounds to no points at all is no reason; words are left to those that are told, which are half as many. The view is
-- read twice: a step that two others read would be written down whole
ranked as (

    select
        scoring_date,
        lead_model_number,
        model_rule_number,
        points,
        activity_count,
        latest_activity_at,
        row_number() over (
            partition by scoring_date, lead_model_number
            order by abs(points) desc, rule_order asc
        ) as reason_rank

    from {{ ref('int_rule_contributions') }}

    where abs(points) >= 0.05

),

told as (

    select
        ranked.scoring_date,
        ranked.lead_model_number,
        ranked.reason_rank,
        {{ reason_in_words('model_rules', 'ranked') }}
        || case when ranked.points > 0 then ' (+' else ' (' end || {{ points_text('ranked.points') }} || ')' as reason

    from ranked

    inner join model_rules
        on ranked.model_rule_number = model_rules.model_rule_number

    where ranked.reason_rank <= {{ reason_count }}

),

strongest as (

    select
        scoring_date,
        lead_model_number,
        max(case when reason_rank = 1 then reason end)
        {%- for reason_rank in range(2, reason_count + 1) %}
        || coalesce('; ' || max(case when reason_rank = {{ reason_rank }} then reason end), '')
        {%- endfor %}
            as reasons

    from told

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
            order by rule_order asc
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

final as (

    select
        coalesce(strongest.scoring_date, disqualified.scoring_date) as scoring_date,
        coalesce(strongest.lead_model_number, disqualified.lead_model_number) as lead_model_number,
        case
            when disqualified.disqualification is null then strongest.reasons
            when strongest.reasons is null then disqualified.disqualification
            else disqualified.disqualification || '; ' || strongest.reasons
        end as top_reasons

    from strongest

    full join disqualified
        on strongest.scoring_date = disqualified.scoring_date
        and strongest.lead_model_number = disqualified.lead_model_number

)

select * from final
