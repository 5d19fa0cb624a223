-- One row per scoring date, lead and scoring model: the score, its parts, rank, grade, segment, thresholds, trend and reasons.
{%- set steady_change = whole_number_var('steady_score_change', 2, 0) %}
with

scorings as (

    select * from {{ ref('int_scorings') }}

),

scored_leads as (

    select * from {{ ref('int_lead_scores') }}

),

score_parts as (

    select * from {{ ref('int_score_parts') }}

),

history as (

    select * from {{ ref('lead_score_history') }}

),

recorded_days as (

    select * from {{ ref('int_recorded_days') }}

),

leads as (

    select * from {{ ref('int_leads') }}

),

campaigns as (

    select * from {{ ref('stg_campaigns') }}

    where rejection_code is null

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

predictive_models as (

    select
        {{ trim_text('scoring_model') }} as scoring_model,
        {{ read_number(trim_text('typical_amount')) }} as typical_amount,
        {{ read_number(trim_text('probability_weight')) }} as probability_weight

    from {{ ref('predictive_models') }}

),

probabilities as (

    select * from {{ ref('int_conversion_probabilities') }}

),

-- a scoring that is not published has no number here. A filter says the same, but is taken to leave few rows, and then large
-- joins are built from their wide side
published_scorings as (

    select
        scoring_date,
        case when is_published then scoring_id end as scoring_id

    from scorings

),

-- a disqualified lead is not for sale
published as (

    select
        published_scorings.scoring_date,
        scored_leads.*,
        case when not scored_leads.is_disqualified then probabilities.conversion_probability end
            as conversion_probability

    from scored_leads

    inner join published_scorings
        on scored_leads.scoring_id = published_scorings.scoring_id

    left join probabilities
        on scored_leads.scoring_id = probabilities.scoring_id
        and scored_leads.lead_id = probabilities.lead_id
        and scored_leads.scoring_model = probabilities.scoring_model

),

outlooks as (

    select
        score_parts.lead_model_number,
        max(case when scorings.outlook_days = 7 then score_parts.score end) as score_in_7d,
        max(case when scorings.outlook_days = 30 then score_parts.score end) as score_in_30d

    from score_parts

    inner join scorings
        on score_parts.scoring_id = scorings.scoring_id

    where scorings.outlook_days is not null

    group by score_parts.lead_model_number

),

flag_outlooks as (

    select
        lead_model_number,
        max(case when threshold = 'marketing_qualified' then held_until end) as marketing_qualified_until,
        max(case when threshold = 'sales_ready' then held_until end) as sales_ready_until

    from {{ ref('int_flag_outlooks') }}

    group by lead_model_number

),

past_days as (

    select
        scorings.scoring_date,
        max(case when recorded_days.recorded_on <= scorings.scoring_date - 7 then 1 else 0 end) = 1
            as reaches_back_7d

    from scorings

    left join recorded_days
        on true

    where scorings.is_published

    group by scorings.scoring_date

),

past as (

    select
        history.lead_id,
        history.scoring_model,
        max(
            case
                when
                    history.valid_from <= past_days.scoring_date - 7
                    and coalesce(history.valid_to >= past_days.scoring_date - 7, true)
                    then history.score
            end
        ) as score_7d_ago,
        max(
            case
                when
                    history.valid_from <= past_days.scoring_date - 30
                    and coalesce(history.valid_to >= past_days.scoring_date - 30, true)
                    then history.score
            end
        ) as score_30d_ago,
        max(
            case when coalesce(history.valid_to >= past_days.scoring_date, true) then history.segment end
        ) as recorded_segment,
        max(
            case when coalesce(history.valid_to >= past_days.scoring_date, true) then history.segment_since end
        ) as segment_since

    from history

    inner join past_days
        on history.valid_from <= past_days.scoring_date
        and coalesce(history.valid_to >= past_days.scoring_date - 30, true)

    group by
        history.lead_id,
        history.scoring_model

),

-- by few columns: to sort all of them takes as long as to write them down
ranks as (

    select
        published.scoring_date,
        published.lead_model_number,
        lead_activity.last_activity_at,
        coalesce(lead_activity.activity_count, 0) as activity_count,
        row_number() over best_first as score_rank,
        ntile(10) over best_first as score_decile,
        count(*) over (partition by published.scoring_date, published.scoring_model) as lead_count

    from published

    left join lead_activity
        on published.scoring_date = lead_activity.scoring_date
        and published.lead_id = lead_activity.lead_id

    window best_first as (
        partition by published.scoring_date, published.scoring_model
        order by
            published.is_disqualified asc,
            published.score desc,
            published.uncapped_points desc,
            lead_activity.last_activity_at desc nulls last,
            {{ byte_order('published.lead_id') }} asc
    )

),

ranked as (

    select
        published.*,
        ranks.last_activity_at,
        ranks.activity_count,
        ranks.score_rank,
        ranks.score_decile,
        ranks.lead_count

    from published

    inner join ranks
        on published.scoring_date = ranks.scoring_date
        and published.lead_model_number = ranks.lead_model_number

),

-- ordering all leads twice more is only for models that ask for it
probability_ranked as (

    select
        ranked.scoring_date,
        ranked.lead_id,
        ranked.scoring_model,
        ranked.score_rank,
        predictive_models.probability_weight,
        row_number() over (
            partition by ranked.scoring_date, ranked.scoring_model
            order by
                ranked.is_disqualified asc,
                ranked.conversion_probability desc nulls last,
                ranked.score desc,
                {{ byte_order('ranked.lead_id') }} asc
        ) as probability_rank

    from ranked

    inner join predictive_models
        on ranked.scoring_model = predictive_models.scoring_model
        and predictive_models.probability_weight is not null

),

-- one order out of two: by the mean of the two ranks, weighted as the model asks
blended as (

    select
        scoring_date,
        lead_id,
        scoring_model,
        cast(
            row_number() over (
                partition by scoring_date, scoring_model
                order by
                    (1 - probability_weight) * score_rank + probability_weight * probability_rank asc,
                    score_rank asc
            ) as integer
        ) as blended_rank

    from probability_ranked

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
        ranked.grade,
        ranked.segment,
        ranked.is_marketing_qualified,
        ranked.is_sales_ready,
        ranked.is_disqualified,
        ranked.is_primary_model,
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
        campaigns.campaign_name,
        leads.owner_id,
        leads.created_at as lead_created_at,
        cast(ranked.score - past.score_7d_ago as integer) as score_change_7d,
        cast(ranked.score - past.score_30d_ago as integer) as score_change_30d,
        case
            when past.score_7d_ago is not null and ranked.score - past.score_7d_ago > {{ steady_change }} then 'rising'
            when past.score_7d_ago is not null and past.score_7d_ago - ranked.score > {{ steady_change }} then 'falling'
            when past.score_7d_ago is not null then 'steady'
            when past_days.reaches_back_7d then 'new'
            when cast(leads.created_at as date) > ranked.scoring_date - 7 then 'new'
        end as score_trend,
        cast(
            case when past.recorded_segment = ranked.segment then ranked.scoring_date - past.segment_since else 0 end
            as integer
        ) as days_in_segment,
        cast(coalesce(outlooks.score_in_7d, ranked.score) as integer) as score_in_7d,
        cast(coalesce(outlooks.score_in_30d, ranked.score) as integer) as score_in_30d,
        flag_outlooks.marketing_qualified_until,
        flag_outlooks.sales_ready_until,
        ranked.conversion_probability,
        cast(ranked.conversion_probability * predictive_models.typical_amount as numeric(38, 2)) as expected_value,
        blended.blended_rank

    from ranked

    inner join leads
        on ranked.lead_id = leads.lead_id

    left join campaigns
        on leads.campaign_id = campaigns.campaign_id

    left join past_days
        on ranked.scoring_date = past_days.scoring_date

    cross join rules_version

    left join past
        on ranked.lead_id = past.lead_id
        and ranked.scoring_model = past.scoring_model

    left join flag_outlooks
        on ranked.lead_model_number = flag_outlooks.lead_model_number

    left join outlooks
        on ranked.lead_model_number = outlooks.lead_model_number

    left join predictive_models
        on ranked.scoring_model = predictive_models.scoring_model

    left join blended
        on ranked.scoring_date = blended.scoring_date
        and ranked.lead_id = blended.lead_id
        and ranked.scoring_model = blended.scoring_model

    left join top_reasons
        on ranked.scoring_date = top_reasons.scoring_date
        and ranked.lead_model_number = top_reasons.lead_model_number

)

select * from final
