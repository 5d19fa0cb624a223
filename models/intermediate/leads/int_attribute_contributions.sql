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
        rule_family,
        rule_id,
        attribute,
        operator,
        value,
        points,
        coalesce(action = 'disqualify', false) as is_disqualifying,
        exclusive_group,
        row_number() over (
            partition by scoring_model, rule_family, exclusive_group
            order by abs(points) desc, {{ byte_order('rule_id') }} asc
        ) as group_order

    from {{ ref('int_attribute_rules') }}

    where rule_family in ('fit', 'negative')

),

fired as (

    select
        lead_models.lead_id,
        lead_models.created_on,
        attribute_rules.scoring_model,
        attribute_rules.rule_family,
        attribute_rules.rule_id,
        attribute_rules.points,
        attribute_rules.is_disqualifying,
        attribute_rules.exclusive_group,
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
        lead_id,
        scoring_model,
        rule_family,
        exclusive_group,
        min(group_order) as group_order

    from fired

    where exclusive_group is not null

    group by
        lead_id,
        scoring_model,
        rule_family,
        exclusive_group

),

judged as (

    select
        fired.lead_id,
        fired.created_on,
        fired.scoring_model,
        fired.rule_family,
        fired.rule_id,
        fired.points,
        fired.is_disqualifying,
        case when fired.group_order > counting.group_order then counting_rules.rule_id end as counting_rule_id

    from fired

    left join counting
        on fired.lead_id = counting.lead_id
        and fired.scoring_model = counting.scoring_model
        and fired.rule_family = counting.rule_family
        and fired.exclusive_group = counting.exclusive_group

    left join attribute_rules as counting_rules
        on counting.scoring_model = counting_rules.scoring_model
        and counting.rule_family = counting_rules.rule_family
        and counting.exclusive_group = counting_rules.exclusive_group
        and counting.group_order = counting_rules.group_order

),

final as (

    select
        lead_id,
        scoring_model,
        created_on,
        case when rule_family = 'fit' then 'fit' else 'penalty' end as contribution_type,
        rule_id,
        cast(case when counting_rule_id is null then points else 0 end as numeric(18, 4)) as points,
        counting_rule_id is null as is_counting,
        is_disqualifying,
        counting_rule_id

    from judged

)

select * from final
