-- One row per lead, scoring model and fit or negative rule that fired; those that an exclusive group sets aside have 0 points.
with

lead_models as (

    select * from {{ ref('int_lead_models') }}

),

lead_attributes as (

    select * from {{ ref('int_lead_attributes') }}

),

attribute_matches as (

    select * from {{ ref('int_attribute_matches') }}

),

-- in a group the largest points count, then the first rule_id; a rule without a group has no rival
attribute_rules as (

    select
        scoring_model,
        rule_id,
        attribute,
        operator,
        value,
        points,
        model_rule_number,
        case
            when exclusive_group is not null
                then cast(
                    dense_rank() over (order by scoring_model asc, rule_family asc, exclusive_group asc) as integer
                )
        end as group_number,
        cast(
            row_number() over (
                partition by scoring_model, rule_family, exclusive_group
                order by abs(points) desc, {{ byte_order('rule_id') }} asc
            ) as integer
        ) as group_order

    from {{ ref('int_attribute_rules') }}

    where rule_family in ('fit', 'negative')

),

fired as (

    select
        lead_models.lead_model_number,
        attribute_rules.model_rule_number,
        attribute_rules.group_number,
        attribute_rules.group_order

    from lead_attributes

    -- a rule whose condition does not hold has no row
    inner join attribute_matches
        on lead_attributes.attribute = attribute_matches.attribute
        and lead_attributes.value = attribute_matches.value

    inner join attribute_rules
        on attribute_matches.attribute = attribute_rules.attribute
        and attribute_matches.operator = attribute_rules.operator
        and attribute_matches.sought_value = attribute_rules.value

    -- a lead outside the audience has no score to contribute to
    inner join lead_models
        on lead_attributes.lead_id = lead_models.lead_id
        and attribute_rules.scoring_model = lead_models.scoring_model

),

counting as (

    select
        lead_model_number,
        group_number,
        min(group_order) as group_order

    from fired

    where group_number is not null

    group by
        lead_model_number,
        group_number

),

final as (

    select
        fired.lead_model_number,
        fired.model_rule_number,
        cast(case when counting_rules.rule_id is null then attribute_rules.points else 0 end as numeric(18, 4))
            as points,
        counting_rules.rule_id is null as is_counting,
        counting_rules.model_rule_number as counting_rule_number

    from fired

    inner join attribute_rules
        on fired.model_rule_number = attribute_rules.model_rule_number

    left join counting
        on fired.lead_model_number = counting.lead_model_number
        and fired.group_number = counting.group_number
        and fired.group_order > counting.group_order

    left join attribute_rules as counting_rules
        on counting.group_number = counting_rules.group_number
        and counting.group_order = counting_rules.group_order

)

select * from final
