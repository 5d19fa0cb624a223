-- One row per scoring date and rule that fires for no lead, or for exactly the same leads as
-- another rule, and per model without a lead.
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
        lead_models.scoring_model

    from {{ ref('int_lead_models') }} as lead_models

    -- who becomes a lead later is not scored yet
    inner join scoring_dates
        on lead_models.created_on <= scoring_dates.scoring_date

),

model_rules as (

    select * from {{ ref('int_model_rules') }}

),

rules as (

    select
        rule_file,
        scoring_model,
        rule_id

    from {{ ref('int_rule_rows') }}

    where rule_file in ('fit_points', 'negative_attributes', 'behaviour_points')

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

-- the lowest and the highest lead tell most rules apart before leads are compared one by one. The view is read twice, here and
-- for these few: a step that two others read would be written down whole
counted as (

    select
        scoring_date,
        model_rule_number,
        count(*) as lead_count,
        min(lead_model_number) as lowest_lead,
        max(lead_model_number) as highest_lead

    from {{ ref('int_rule_contributions') }}

    group by
        scoring_date,
        model_rule_number

),

fired as (

    select
        counted.scoring_date,
        model_rules.scoring_model,
        model_rules.rule_id,
        counted.model_rule_number,
        counted.lead_count,
        counted.lowest_lead,
        counted.highest_lead

    from counted

    inner join model_rules
        on counted.model_rule_number = model_rules.model_rule_number

),

-- a rule for every model is used as soon as it fires in one
rule_uses as (

    select
        model_sizes.scoring_date,
        rules.rule_file,
        rules.scoring_model,
        rules.rule_id,
        sum(model_sizes.lead_count) as judged_count,
        count(fired.rule_id) as firing_model_count

    from rules

    -- rules of models that are off, or that nobody is scored by, are left out
    inner join model_sizes
        on rules.scoring_model in ('*', model_sizes.scoring_model)

    left join fired
        on model_sizes.scoring_date = fired.scoring_date
        and model_sizes.scoring_model = fired.scoring_model
        and rules.rule_id = fired.rule_id

    group by
        model_sizes.scoring_date,
        rules.rule_file,
        rules.scoring_model,
        rules.rule_id

),

pairs as (

    select
        later.scoring_date,
        later.scoring_model,
        later.rule_id,
        later.model_rule_number,
        later.lead_count,
        earlier.rule_id as earlier_rule_id,
        earlier.model_rule_number as earlier_rule_number

    from fired as later

    inner join fired as earlier
        on later.scoring_date = earlier.scoring_date
        and later.scoring_model = earlier.scoring_model
        and later.lead_count = earlier.lead_count
        and later.lowest_lead = earlier.lowest_lead
        and later.highest_lead = earlier.highest_lead
        and {{ byte_order('later.rule_id') }} > {{ byte_order('earlier.rule_id') }}

),

-- rules that may fire alike are few: only what they gave is compared lead by lead
paired_contributions as {{ kept_step() }} (

    select
        scoring_date,
        model_rule_number,
        lead_model_number

    from {{ ref('int_rule_contributions') }}

    where
        model_rule_number in (
            select pairs.model_rule_number from pairs
            union all
            select pairs.earlier_rule_number from pairs
        )

),

equal_pairs as (

    select
        pairs.scoring_date,
        pairs.scoring_model,
        pairs.rule_id,
        pairs.lead_count,
        pairs.earlier_rule_id

    from pairs

    inner join paired_contributions as later
        on pairs.scoring_date = later.scoring_date
        and pairs.model_rule_number = later.model_rule_number

    inner join paired_contributions as earlier
        on pairs.scoring_date = earlier.scoring_date
        and pairs.earlier_rule_number = earlier.model_rule_number
        and later.lead_model_number = earlier.lead_model_number

    group by
        pairs.scoring_date,
        pairs.scoring_model,
        pairs.rule_id,
        pairs.lead_count,
        pairs.earlier_rule_id

    having count(*) = pairs.lead_count

),

-- of several rules that fire alike, each is told with the first one
ranked_pairs as (

    select
        scoring_date,
        scoring_model,
        rule_id,
        lead_count,
        earlier_rule_id,
        row_number() over (
            partition by scoring_date, scoring_model, rule_id
            order by {{ byte_order('earlier_rule_id') }} asc
        ) as pair_rank

    from equal_pairs

),

final as (

    select
        scoring_dates.scoring_date,
        'model_audiences' as rule_file,
        scoring_models.scoring_model,
        scoring_models.scoring_model as rule_name,
        'empty_audience' as warning_code,
        'No lead is scored by this model.' as warning

    from scoring_models

    cross join scoring_dates

    left join model_sizes
        on scoring_dates.scoring_date = model_sizes.scoring_date
        and scoring_models.scoring_model = model_sizes.scoring_model

    where model_sizes.scoring_model is null

    union all

    select
        scoring_date,
        rule_file,
        scoring_model,
        rule_id as rule_name,
        'never_fires' as warning_code,
        'It fires for no lead.' as warning

    from rule_uses

    where firing_model_count = 0

    union all

    select
        ranked_pairs.scoring_date,
        rules.rule_file,
        ranked_pairs.scoring_model,
        ranked_pairs.rule_id as rule_name,
        'same_leads' as warning_code,
        'It fires for exactly the same leads as ' || ranked_pairs.earlier_rule_id || ' ('
        || cast(ranked_pairs.lead_count as text) || '): one of the two may be enough.' as warning

    from ranked_pairs

    inner join rules
        on ranked_pairs.rule_id = rules.rule_id
        and rules.scoring_model in ('*', ranked_pairs.scoring_model)

    where ranked_pairs.pair_rank = 1

)

select * from final
