-- One row per scoring date, lead and scoring model: the score, its parts, rank, grade, segment, thresholds and reasons.
with

lead_scores as (

    select * from {{ ref('int_lead_scores') }}

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

leads as (

    select * from {{ ref('int_leads') }}

),

lead_activity as (

    select * from {{ ref('int_lead_activity') }}

),

top_reasons as (

    select * from {{ ref('int_top_reasons') }}

),

rules_version as (

    select * from {{ ref('int_rules_version') }}

),

segments as (

    select * from {{ ref('int_score_bands') }}

    where band_kind = 'segment'

),

fit_grades as (

    select * from {{ ref('int_score_bands') }}

    where band_kind = 'fit_grade'

),

behaviour_grades as (

    select * from {{ ref('int_score_bands') }}

    where band_kind = 'behaviour_grade'

),

thresholds_held as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        max(case when threshold = 'marketing_qualified' then 1 else 0 end) as marketing_qualified,
        max(case when threshold = 'sales_ready' then 1 else 0 end) as sales_ready

    from {{ ref('int_thresholds_held') }}

    group by
        scoring_date,
        lead_id,
        scoring_model

),

judged as (

    select
        lead_scores.scoring_date,
        lead_scores.lead_id,
        lead_scores.scoring_model,
        lead_scores.score,
        lead_scores.score_share,
        lead_scores.total_points,
        lead_scores.uncapped_points,
        lead_scores.fit_points,
        lead_scores.behaviour_points,
        lead_scores.penalty_points,
        fit_grades.band as fit_grade,
        behaviour_grades.band as behaviour_grade,
        case when lead_scores.is_disqualified then 'disqualified' else segments.band end as segment,
        coalesce(thresholds_held.marketing_qualified, 0) = 1 as is_marketing_qualified,
        coalesce(thresholds_held.sales_ready, 0) = 1 as is_sales_ready,
        lead_scores.is_disqualified,
        scoring_models.status,
        scoring_models.priority,
        coalesce(lead_activity.activity_count, 0) as activity_count,
        lead_activity.last_activity_at

    from lead_scores

    inner join scoring_models
        on lead_scores.scoring_model = scoring_models.scoring_model

    left join lead_activity
        on lead_scores.scoring_date = lead_activity.scoring_date
        and lead_scores.lead_id = lead_activity.lead_id

    left join thresholds_held
        on lead_scores.scoring_date = thresholds_held.scoring_date
        and lead_scores.lead_id = thresholds_held.lead_id
        and lead_scores.scoring_model = thresholds_held.scoring_model

    left join segments
        on lead_scores.scoring_model = segments.scoring_model
        and lead_scores.score >= segments.from_value
        and (lead_scores.score < segments.below_value or segments.below_value is null)

    left join fit_grades
        on lead_scores.scoring_model = fit_grades.scoring_model
        and lead_scores.fit_points >= fit_grades.from_value
        and (lead_scores.fit_points < fit_grades.below_value or fit_grades.below_value is null)

    left join behaviour_grades
        on lead_scores.scoring_model = behaviour_grades.scoring_model
        and lead_scores.behaviour_points >= behaviour_grades.from_value
        and (
            lead_scores.behaviour_points < behaviour_grades.below_value
            or behaviour_grades.below_value is null
        )

),

ranked as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        score,
        score_share,
        total_points,
        uncapped_points,
        fit_points,
        behaviour_points,
        penalty_points,
        fit_grade,
        behaviour_grade,
        segment,
        is_marketing_qualified,
        is_sales_ready,
        is_disqualified,
        status,
        activity_count,
        last_activity_at,
        row_number() over best_first as score_rank,
        ntile(10) over best_first as score_decile,
        count(*) over (partition by scoring_date, scoring_model) as lead_count,
        row_number() over (
            partition by scoring_date, lead_id, status
            order by score_share desc, priority asc, {{ byte_order('scoring_model') }} asc
        ) as model_rank

    from judged

    window best_first as (
        partition by scoring_date, scoring_model
        order by
            is_disqualified asc,
            score desc,
            uncapped_points desc,
            last_activity_at desc nulls last,
            {{ byte_order('lead_id') }} asc
    )

),

final as (

    select
        ranked.lead_id,
        ranked.scoring_model,
        ranked.scoring_date,
        ranked.score,
        ranked.score_share,
        ranked.total_points,
        ranked.uncapped_points,
        ranked.fit_points,
        ranked.behaviour_points,
        ranked.penalty_points,
        ranked.fit_grade,
        ranked.behaviour_grade,
        coalesce(ranked.fit_grade || ranked.behaviour_grade, ranked.fit_grade, ranked.behaviour_grade) as grade,
        ranked.segment,
        ranked.is_marketing_qualified,
        ranked.is_sales_ready,
        ranked.is_disqualified,
        ranked.status = 'active' and ranked.model_rank = 1 as is_primary_model,
        cast(ranked.score_rank as integer) as score_rank,
        cast(
            case
                when ranked.lead_count = 1 then 100
                else {{ rounded_ratio(
                    '100 * (ranked.lead_count - ranked.score_rank)', 'greatest(ranked.lead_count - 1, 1)', 2
                ) }}
            end as numeric(5, 2)
        ) as score_percentile,
        cast(ranked.score_decile as integer) as score_decile,
        ranked.activity_count,
        ranked.last_activity_at,
        coalesce(top_reasons.top_reasons, 'No points yet') as top_reasons,
        rules_version.rules_version,
        leads.first_name,
        leads.last_name,
        leads.email,
        leads.phone,
        leads.job_title,
        leads.company_name,
        leads.industry,
        cast(leads.employee_count as numeric(38, 2)) as employee_count,
        cast(leads.annual_revenue as numeric(38, 2)) as annual_revenue,
        leads.country,
        leads.region,
        leads.lead_source,
        leads.campaign_name,
        leads.owner_id,
        leads.created_at as lead_created_at

    from ranked

    inner join leads
        on ranked.lead_id = leads.lead_id

    cross join rules_version

    left join top_reasons
        on ranked.scoring_date = top_reasons.scoring_date
        and ranked.lead_id = top_reasons.lead_id
        and ranked.scoring_model = top_reasons.scoring_model

)

select * from final
