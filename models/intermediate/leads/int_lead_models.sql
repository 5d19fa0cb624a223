-- One row per lead and scoring model whose audience the lead is in, from the day on which it became a lead.
with

-- a number is joined and grouped by in half the time that a lead_id takes
leads as (

    select
        lead_id,
        cast(created_at as date) as created_on,
        cast(row_number() over (order by {{ byte_order('lead_id') }} asc) as integer) as lead_number

    from {{ ref('int_leads') }}

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

lead_attributes as (

    select * from {{ ref('int_lead_attributes') }}

),

attribute_matches as (

    select * from {{ ref('int_attribute_matches') }}

),

audience_conditions as (

    select distinct
        scoring_model,
        attribute,
        operator,
        value

    from {{ ref('int_attribute_rules') }}

    where rule_family = 'audience'

),

audience_sizes as (

    select
        scoring_model,
        count(*) as condition_count

    from audience_conditions

    group by scoring_model

),

conditions_held as (

    select
        lead_attributes.lead_id,
        audience_conditions.scoring_model,
        count(*) as held_count

    from lead_attributes

    -- only conditions that hold are counted
    inner join attribute_matches
        on lead_attributes.attribute = attribute_matches.attribute
        and lead_attributes.value = attribute_matches.value

    inner join audience_conditions
        on attribute_matches.attribute = audience_conditions.attribute
        and attribute_matches.operator = audience_conditions.operator
        and attribute_matches.sought_value = audience_conditions.value

    group by
        lead_attributes.lead_id,
        audience_conditions.scoring_model

),

final as (

    select
        leads.lead_id,
        scoring_models.scoring_model,
        leads.lead_number,
        {{ lead_model_number('leads.lead_number', 'scoring_models') }} as lead_model_number,
        leads.created_on

    from leads

    cross join scoring_models

    left join audience_sizes
        on scoring_models.scoring_model = audience_sizes.scoring_model

    left join conditions_held
        on leads.lead_id = conditions_held.lead_id
        and scoring_models.scoring_model = conditions_held.scoring_model

    where coalesce(conditions_held.held_count, 0) = coalesce(audience_sizes.condition_count, 0)

)

select * from final
