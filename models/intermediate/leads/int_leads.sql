-- One row per lead that is not forgotten, with the attributes that the project derives and every further raw column.
-- depends_on: {{ ref('int_rule_faults') }}
{%- set further_columns = further_columns_of(ref('stg_leads')) %}
with

leads as (

    select * from {{ ref('stg_leads') }}

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
        *,
        case when position('@' in email) > 0 then regexp_replace(email, '^([^@]*@)+', '') end as email_end

    from leads

    where
        rejection_code is null
        and not is_forgotten

),

usable_leads as (

    select
        *,
        {{ trim_text('email_end') }} as email_domain

    from parted

),

final as (

    select
        usable_leads.lead_id,
        usable_leads.created_at,
        usable_leads.email,
        usable_leads.first_name,
        usable_leads.last_name,
        usable_leads.phone,
        usable_leads.job_title,
        usable_leads.company_name,
        usable_leads.industry,
        usable_leads.employee_count,
        usable_leads.annual_revenue,
        usable_leads.country,
        usable_leads.region,
        usable_leads.lead_source,
        usable_leads.campaign_id,
        usable_leads.owner_id,
        usable_leads.updated_at,
        usable_leads.email_domain,
        case
            when usable_leads.email_domain is not null
                then coalesce(email_domains.kind, 'business')
        end as email_domain_kind,
        job_titles.job_seniority,
        job_titles.job_function,
        campaigns.campaign_name,
        campaigns.channel as campaign_channel,
        campaigns.cost as campaign_cost,
        usable_leads.created_at_text,
        usable_leads.updated_at_text,
        usable_leads.employee_count_text,
        usable_leads.annual_revenue_text,
        campaigns.cost_text as campaign_cost_text,
        usable_leads.is_deleted_text,
        {%- for column in further_columns %}
        usable_leads.{{ adapter.quote(column) }},
        {%- endfor %}
        usable_leads.objects_to_profiling_text

    from usable_leads

    left join email_domains
        on usable_leads.email_domain = email_domains.email_domain

    left join job_titles
        on usable_leads.job_title = job_titles.job_title

    left join campaigns
        on usable_leads.campaign_id = campaigns.campaign_id
        and campaigns.rejection_code is null

)

select * from final
