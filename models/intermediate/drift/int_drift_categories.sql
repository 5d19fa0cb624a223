-- One row per attribute value and type of activity: how many leads or activities there are in the reference and in the recent days.
{#- Nothing but score_drift waits for it: what takes as long and others wait for comes first. -#}
-- depends_on: {{ ref('int_lead_activity') }}
{%- set periods = drift_periods() %}
{%- set in_reference = 'between ' ~ periods.reference_from ~ ' and ' ~ periods.reference_to %}
{%- set in_recent = 'between ' ~ periods.recent_from ~ ' and ' ~ periods.recent_to %}
{%- set named_value_count = 20 %}
with

leads as (

    select * from {{ ref('int_leads') }}

),

lead_attributes as (

    select * from {{ ref('int_lead_attributes') }}

),

-- an activity that a better row has replaced no longer counts
activities as (

    select * from {{ ref('int_scorable_activities') }}

    where superseded_on is null

),

new_leads as (

    select
        lead_id,
        cast(created_at as date) {{ in_reference }} as is_reference,
        cast(created_at as date) {{ in_recent }} as is_recent

    from leads

    where
        cast(created_at as date) {{ in_reference }}
        or cast(created_at as date) {{ in_recent }}

),

values_counted as {{ kept_step() }} (

    select
        lead_attributes.attribute,
        lead_attributes.value,
        sum(case when new_leads.is_reference then 1 else 0 end) as reference_count,
        sum(case when new_leads.is_recent then 1 else 0 end) as recent_count

    from lead_attributes

    -- only leads of the two periods are compared
    inner join new_leads
        on lead_attributes.lead_id = new_leads.lead_id

    group by
        lead_attributes.attribute,
        lead_attributes.value

),

-- a value that tells whose it is, such as an e-mail address, is new with every lead: that is no drift, and nobody else's business
identifying_attributes as (

    select attribute

    from values_counted

    where value <> ''

    group by attribute

    having 2 * sum(case when reference_count = 1 then 1 else 0 end) > sum(reference_count)

),

ranked_values as (

    select
        attribute,
        value,
        row_number() over (
            partition by attribute
            order by
                reference_count desc,
                {{ byte_order('value') }} asc
        ) as value_rank

    from values_counted

    where
        value <> ''
        and reference_count > 1

),

-- a lead without a value is a category of its own; the rare values are one together, which has no name here
attribute_values as (

    select
        values_counted.attribute,
        case when values_counted.value = '' then '' else ranked_values.value end as category,
        values_counted.reference_count,
        values_counted.recent_count

    from values_counted

    left join ranked_values
        on values_counted.attribute = ranked_values.attribute
        and values_counted.value = ranked_values.value
        and ranked_values.value_rank <= {{ named_value_count }}

    left join identifying_attributes
        on values_counted.attribute = identifying_attributes.attribute

    where identifying_attributes.attribute is null

),

members as (

    select
        'attribute' as population_kind,
        attribute as population_name,
        category,
        reference_count,
        recent_count

    from attribute_values

    union all

    select
        'activity_type' as population_kind,
        'activity_type' as population_name,
        activities.activity_type as category,
        sum(case when activities.occurred_on {{ in_reference }} then 1 else 0 end) as reference_count,
        sum(case when activities.occurred_on {{ in_recent }} then 1 else 0 end) as recent_count

    from activities

    -- those of leads that there are not, or that are forgotten, count nowhere
    inner join leads
        on activities.lead_id = leads.lead_id

    where
        activities.occurred_on {{ in_reference }}
        or activities.occurred_on {{ in_recent }}

    group by activities.activity_type

),

final as (

    select
        population_kind,
        population_name,
        category,
        cast(sum(reference_count) as bigint) as reference_count,
        cast(sum(recent_count) as bigint) as recent_count

    from members

    where reference_count + recent_count > 0

    group by
        population_kind,
        population_name,
        category

)

select * from final
