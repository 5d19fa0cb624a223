-- One row per scoring date and attribute that most leads lack, and per cell that nothing reads.
{{ config(materialized='ephemeral') }}
with

scoring_dates as (

    select * from {{ ref('int_scoring_dates') }}

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

lead_models as (

    select
        scoring_dates.scoring_date,
        lead_models.lead_id,
        lead_models.scoring_model

    from {{ ref('int_lead_models') }} as lead_models

    -- who becomes a lead later is not scored yet
    inner join scoring_dates
        on lead_models.created_on <= scoring_dates.scoring_date

),

lead_attributes as (

    select * from {{ ref('int_lead_attributes') }}

),

rule_rows as (

    select * from {{ ref('int_rule_rows') }}

),

-- whether an attribute is there is just what is_missing and is_present ask
attributes_compared as (

    select distinct
        scoring_model,
        case when rule_family = 'fit' then 'fit_points' else 'negative_attributes' end as rule_file,
        attribute

    from {{ ref('int_attribute_rules') }}

    where
        rule_family in ('fit', 'negative')
        and operator not in ('is_missing', 'is_present')

),

model_sizes as (

    select
        scoring_date,
        scoring_model,
        count(*) as lead_count

    from lead_models

    group by
        scoring_date,
        scoring_model

),

missing_counts as (

    select
        lead_models.scoring_date,
        lead_models.scoring_model,
        lead_attributes.attribute,
        count(*) as missing_count

    from lead_models

    inner join lead_attributes
        on lead_models.lead_id = lead_attributes.lead_id

    where lead_attributes.value = ''

    group by
        lead_models.scoring_date,
        lead_models.scoring_model,
        lead_attributes.attribute

),

-- an attribute that no lead lacks has no row here, and no warning
attribute_uses as (

    select
        missing_counts.scoring_date,
        missing_counts.scoring_model,
        missing_counts.attribute,
        missing_counts.missing_count,
        model_sizes.lead_count

    from missing_counts

    inner join model_sizes
        on missing_counts.scoring_date = model_sizes.scoring_date
        and missing_counts.scoring_model = model_sizes.scoring_model

),

attribute_warnings as (

    select
        attribute_uses.scoring_date,
        attributes_compared.rule_file,
        attributes_compared.scoring_model,
        attributes_compared.attribute as rule_name,
        'mostly_missing' as warning_code,
        'The attribute is missing for ' || cast(attribute_uses.missing_count as text) || ' of '
        || cast(attribute_uses.lead_count as text) || ' leads.' as warning

    from attributes_compared

    inner join attribute_uses
        on attributes_compared.scoring_model = attribute_uses.scoring_model
        and attributes_compared.attribute = attribute_uses.attribute

    where 2 * attribute_uses.missing_count > attribute_uses.lead_count

),

curve_warnings as (

    select
        scoring_dates.scoring_date,
        'decay_curves' as rule_file,
        '*' as scoring_model,
        rule_rows.decay_curve as rule_name,
        'unread_half_life' as warning_code,
        'half_life_days (' || rule_rows.half_life_days
        || ') is not read, since the curve is of kind ' || rule_rows.kind || '.' as warning

    from rule_rows

    cross join scoring_dates

    where
        rule_rows.rule_file = 'decay_curves'
        and rule_rows.kind <> 'half_life'
        and rule_rows.half_life_days is not null

),

requirement_warnings as (

    select
        scoring_dates.scoring_date,
        'threshold_requirements' as rule_file,
        scoring_models.scoring_model,
        requirements.rule_id as rule_name,
        'unread_requirement' as warning_code,
        'It is required for ' || requirements.threshold
        || ', which has no row in score_thresholds.csv for this model.' as warning

    from rule_rows as requirements

    inner join scoring_models
        on requirements.scoring_model in ('*', scoring_models.scoring_model)

    cross join scoring_dates

    left join rule_rows as thresholds
        on thresholds.rule_file = 'score_thresholds'
        and requirements.threshold = thresholds.threshold
        and thresholds.scoring_model in ('*', scoring_models.scoring_model)

    where
        requirements.rule_file = 'threshold_requirements'
        and thresholds.rule_file is null

),

final as (

    select * from attribute_warnings
    union all
    select * from curve_warnings
    union all
    select * from requirement_warnings

)

select * from final
