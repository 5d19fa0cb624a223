-- One row per campaign, and one for the leads of no known campaign: what it cost, and what came of the leads it brought.
with

campaigns as (

    select * from {{ ref('stg_campaigns') }}

    where rejection_code is null

),

lead_outcomes as (

    select * from {{ ref('int_lead_outcomes') }}

),

-- a campaign without leads has one row here, without a lead
members as (

    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.channel,
        cast(campaigns.cost as numeric(38, 2)) as cost,
        lead_outcomes.lead_id,
        lead_outcomes.is_qualified,
        lead_outcomes.won_count,
        lead_outcomes.revenue,
        lead_outcomes.primary_score

    from campaigns

    left join lead_outcomes
        on campaigns.campaign_id = lead_outcomes.campaign_id

    union all

    select
        cast(null as text) as campaign_id,
        cast(null as text) as campaign_name,
        cast(null as text) as channel,
        cast(null as numeric(38, 2)) as cost,
        lead_outcomes.lead_id,
        lead_outcomes.is_qualified,
        lead_outcomes.won_count,
        lead_outcomes.revenue,
        lead_outcomes.primary_score

    from lead_outcomes

    left join campaigns
        on lead_outcomes.campaign_id = campaigns.campaign_id

    where campaigns.campaign_id is null

),

totals as (

    select
        campaign_id,
        campaign_name,
        channel,
        cost,
        cast(count(lead_id) as integer) as lead_count,
        cast(sum(case when is_qualified then 1 else 0 end) as integer) as qualified_lead_count,
        cast(sum(case when won_count > 0 then 1 else 0 end) as integer) as won_lead_count,
        cast(coalesce(sum(won_count), 0) as integer) as won_count,
        cast(coalesce(sum(revenue), 0) as numeric(38, 2)) as revenue,
        sum(primary_score) as score_sum,
        count(primary_score) as score_count

    from members

    group by
        campaign_id,
        campaign_name,
        channel,
        cost

),

final as (

    select
        campaign_id,
        campaign_name,
        channel,
        cost,
        lead_count,
        qualified_lead_count,
        won_lead_count,
        won_count,
        revenue,
        cast({{ amount_ratio('cost', 'lead_count', 2) }} as numeric(38, 2)) as cost_per_lead,
        cast({{ amount_ratio('cost', 'qualified_lead_count', 2) }} as numeric(38, 2)) as cost_per_qualified_lead,
        cast({{ amount_ratio('cost', 'won_lead_count', 2) }} as numeric(38, 2)) as cost_per_won_lead,
        cast({{ amount_ratio('(revenue - cost)', 'cost', 4) }} as numeric(38, 4)) as return_on_investment,
        cast({{ rounded_ratio('score_sum', 'nullif(score_count, 0)', 2) }} as numeric(18, 2)) as average_score,
        {{ scoring_date() }} as scoring_date

    from totals

)

select * from final
