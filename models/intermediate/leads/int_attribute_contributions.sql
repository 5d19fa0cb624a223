-- One row per scoring date, lead, scoring model and fit or negative rule that fired; those that an exclusive group sets aside have 0 points.
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

attribute_rules as (

    select * from {{ ref('int_attribute_rules') }}

    where rule_family in ('fit', 'negative')

),

fired as (

    select
        lead_attributes.lead_id,
        attribute_rules.scoring_model,
        attribute_rules.rule_family,
        attribute_rules.rule_id,
        attribute_rules.points,
        coalesce(attribute_rules.action = 'disqualify', false) as is_disqualifying,
        attribute_rules.exclusive_group,
        attribute_rules.words

    from lead_attributes

    -- a rule whose condition does not hold has no row
    inner join attribute_matches
        on lead_attributes.attribute = attribute_matches.attribute
        and lead_attributes.value = attribute_matches.value

    inner join attribute_rules
        on attribute_matches.attribute = attribute_rules.attribute
        and attribute_matches.operator = attribute_rules.operator
        and attribute_matches.sought_value = attribute_rules.value

),

-- in a group the largest points count, then the first rule_id; a rule without a group has one of its own
ranked as (

    select
        lead_id,
        scoring_model,
        rule_family,
        rule_id,
        points,
        is_disqualifying,
        words,
        exclusive_group,
        row_number() over group_order as group_rank,
        first_value(rule_id) over group_order as counting_rule_id

    from fired

    window group_order as (
        partition by
            lead_id,
            scoring_model,
            rule_family,
            exclusive_group,
            case when exclusive_group is null then rule_id end
        order by abs(points) desc, {{ byte_order('rule_id') }} asc
    )

),

final as (

    select
        lead_models.scoring_date,
        ranked.lead_id,
        ranked.scoring_model,
        case when ranked.rule_family = 'fit' then 'fit' else 'penalty' end as contribution_type,
        ranked.rule_id,
        cast(case when ranked.group_rank = 1 then ranked.points else 0 end as numeric(18, 4)) as points,
        ranked.group_rank = 1 as is_counting,
        ranked.is_disqualifying,
        ranked.words,
        case
            when ranked.group_rank = 1 then ranked.words
            else ranked.words || ' (not counted: ' || ranked.counting_rule_id || ' counts instead)'
        end as reason

    from ranked

    -- a lead outside the audience has no score to contribute to
    inner join lead_models
        on ranked.lead_id = lead_models.lead_id
        and ranked.scoring_model = lead_models.scoring_model

)

select * from final
