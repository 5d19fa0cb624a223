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

-- in a group the largest points count, then the first rule_id; a rule without a group has no rival. While rules are matched
-- with leads they are told apart by number: texts would cost twice as much
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
        cast(row_number() over (order by scoring_model asc, rule_family asc, rule_id asc) as integer) as rule_number,
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
        lead_models.lead_number,
        lead_models.lead_id,
        lead_models.created_on,
        attribute_rules.rule_number,
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
        lead_number,
        group_number,
        min(group_order) as group_order

    from fired

    where group_number is not null

    group by
        lead_number,
        group_number

),

judged as (

    select
        fired.lead_id,
        fired.created_on,
        attribute_rules.scoring_model,
        attribute_rules.rule_family,
        attribute_rules.rule_id,
        attribute_rules.points,
        attribute_rules.is_disqualifying,
        counting_rules.rule_id as counting_rule_id

    from fired

    inner join attribute_rules
        on fired.rule_number = attribute_rules.rule_number

    left join counting
        on fired.lead_number = counting.lead_number
        and fired.group_number = counting.group_number
        and fired.group_order > counting.group_order

    left join attribute_rules as counting_rules
        on counting.group_number = counting_rules.group_number
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
