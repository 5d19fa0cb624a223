-- One row per scoring that is published, recorded or a backtest, lead and scoring model: the score and what follows from it.
with

-- of days that are only compared with, or foreseen, nothing but the score is asked for
judged_scorings as (

    select scoring_id

    from {{ ref('int_scorings') }}

    where
        not is_compared
        and outlook_days is null

),

score_parts as (

    select * from {{ ref('int_score_parts') }}

    where scoring_id in (select judged_scorings.scoring_id from judged_scorings)

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

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
        scoring_id,
        lead_model_number,
        max(case when threshold = 'marketing_qualified' then 1 else 0 end) as marketing_qualified,
        max(case when threshold = 'sales_ready' then 1 else 0 end) as sales_ready

    from {{ ref('int_thresholds_held') }}

    group by
        scoring_id,
        lead_model_number

),

exit_scores as (

    select
        scoring_model,
        max(case when threshold = 'marketing_qualified' then exit_score end) as marketing_qualified_exit_score,
        max(case when threshold = 'sales_ready' then exit_score end) as sales_ready_exit_score

    from thresholds

    group by scoring_model

),

shared as (

    select
        *,
        cast({{ rounded_ratio('score - min_score', 'max_score - min_score', 4) }} as numeric(5, 4)) as score_share

    from score_parts

),

judged as (

    select
        shared.scoring_id,
        shared.lead_model_number,
        shared.lead_id,
        shared.scoring_model,
        shared.score,
        shared.score_share,
        shared.total_points,
        shared.uncapped_points,
        shared.fit_points,
        shared.behaviour_points,
        shared.penalty_points,
        fit_grades.band as fit_grade,
        behaviour_grades.band as behaviour_grade,
        case when shared.is_disqualified then 'disqualified' else segments.band end as segment,
        coalesce(thresholds_held.marketing_qualified, 0) = 1 as is_marketing_qualified,
        coalesce(thresholds_held.sales_ready, 0) = 1 as is_sales_ready,
        shared.is_disqualified,
        coalesce(shared.is_disqualified or shared.score < exit_scores.marketing_qualified_exit_score, true)
            as is_below_marketing_qualified_exit,
        coalesce(shared.is_disqualified or shared.score < exit_scores.sales_ready_exit_score, true)
            as is_below_sales_ready_exit,
        scoring_models.status,
        row_number() over (
            partition by shared.scoring_id, shared.lead_id, scoring_models.status
            order by
                shared.score_share desc,
                scoring_models.priority asc,
                {{ byte_order('shared.scoring_model') }} asc
        ) as model_rank

    from shared

    inner join scoring_models
        on shared.scoring_model = scoring_models.scoring_model

    left join exit_scores
        on shared.scoring_model = exit_scores.scoring_model

    left join thresholds_held
        on shared.scoring_id = thresholds_held.scoring_id
        and shared.lead_model_number = thresholds_held.lead_model_number

    left join segments
        on shared.scoring_model = segments.scoring_model
        and shared.score >= segments.from_value
        and (shared.score < segments.below_value or segments.below_value is null)

    left join fit_grades
        on shared.scoring_model = fit_grades.scoring_model
        and shared.fit_points >= fit_grades.from_value
        and (shared.fit_points < fit_grades.below_value or fit_grades.below_value is null)

    left join behaviour_grades
        on shared.scoring_model = behaviour_grades.scoring_model
        and shared.behaviour_points >= behaviour_grades.from_value
        and (shared.behaviour_points < behaviour_grades.below_value or behaviour_grades.below_value is null)

),

final as (

    select
        scoring_id,
        lead_model_number,
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
        coalesce(fit_grade || behaviour_grade, fit_grade, behaviour_grade) as grade,
        segment,
        is_marketing_qualified,
        is_sales_ready,
        is_disqualified,
        status = 'active' and model_rank = 1 as is_primary_model,
        is_below_marketing_qualified_exit,
        is_below_sales_ready_exit

    from judged

)

select * from final
