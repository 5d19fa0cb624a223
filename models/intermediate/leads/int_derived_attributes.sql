-- One row per lead that is not forgotten: the attributes that the project derives from its e-mail, job title and campaign.
with

leads as (

    select * from {{ ref('int_leads') }}

),

job_titles as (

    select * from {{ ref('int_job_titles') }}

),

campaigns as (

    select * from {{ ref('stg_campaigns') }}

),

email_domains as (

    select
        {{ lower_case(trim_text('email_domain')) }} as email_domain,
        {{ lower_case(trim_text('kind')) }} as kind

    from {{ ref('email_domains') }}

),

-- what stands behind the last @; an address without one has no domain
parted as (

    select
        lead_id,
        job_title,
        campaign_id,
        case when position('@' in email) > 0 then regexp_replace(email, '^([^@]*@)+', '') end as email_end

    from leads

),

with_domain as (

    select
        lead_id,
        job_title,
        campaign_id,
        {{ trim_text('email_end') }} as email_domain

    from parted

),

final as (

    select
        with_domain.lead_id,
        with_domain.email_domain,
        case
            when with_domain.email_domain is not null
                then coalesce(email_domains.kind, 'business')
        end as email_domain_kind,
        job_titles.job_seniority,
        job_titles.job_function,
        campaigns.channel as campaign_channel,
        campaigns.cost as campaign_cost,
        campaigns.cost_text as campaign_cost_text

    from with_domain

    left join email_domains
        on with_domain.email_domain = email_domains.email_domain

    left join job_titles
        on with_domain.job_title = job_titles.job_title

    left join campaigns
        on with_domain.campaign_id = campaigns.campaign_id
        and campaigns.rejection_code is null

)

select * from final
