-- One row per scoring model and thing that leads have in common, a value of an attribute or a type of activity: how often they win.
{%- set numbers = ['employee_count', 'annual_revenue', 'campaign_cost'] %}
{%- set personal = ['lead_id', 'email', 'first_name', 'last_name', 'phone', 'created_at', 'updated_at'] %}
{%- set hidden = ['is_deleted', 'objects_to_profiling'] %}
{%- set all_attributes = lead_columns() + derived_attributes() + further_columns_of(ref('int_leads')) %}
{%- set attributes = all_attributes | reject('in', personal + hidden) | list %}
{%- set least_lead_count = 20 %}
with

score_backtest as (

    select * from {{ ref('score_backtest') }}

),

leads as (

    select * from {{ ref('int_leads') }}

),

derived_attributes as (

    select * from {{ ref('int_derived_attributes') }}

),

activities as (

    select * from {{ ref('int_scorable_activities') }}

    where superseded_on is null

),

attribute_rules as (

    select * from {{ ref('int_attribute_rules') }}

    where rule_family in ('fit', 'negative')

),

attribute_matches as (

    select * from {{ ref('int_attribute_matches') }}

),

behaviour_rules as (

    select * from {{ ref('int_behaviour_rules') }}

),

by_lead as (

    select
        scoring_model,
        lead_id,
        count(*) as row_count,
        sum(case when is_won then 1 else 0 end) as won_count

    from score_backtest

    group by
        scoring_model,
        lead_id

),

totals as (

    select
        scoring_model,
        cast(sum(row_count) as bigint) as row_count,
        cast(sum(won_count) as bigint) as won_count

    from by_lead

    group by scoring_model

),

-- numbers are told apart by their size: 10 to 99, 100 to 999
lead_attributes as (
    {%- for attribute in attributes %}
    {%- set text = 'cast(' ~ adapter.quote(attribute) ~ ' as text)' %}
    {%- set value = size_in_words(attribute) if attribute in numbers else text %}

    select
        lead_id,
        {{ lower_case("'" ~ attribute | replace("'", "''") ~ "'") }} as attribute,
        {{ value }} as value

    from {{ 'derived_attributes' if attribute in derived_attributes() else 'leads' }}
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

),

-- who a lead is has no date
attribute_counts as (

    select
        by_lead.scoring_model,
        'attribute' as kind,
        lead_attributes.attribute as name,
        lead_attributes.value,
        by_lead.lead_id,
        by_lead.row_count,
        by_lead.won_count

    from lead_attributes

    inner join by_lead
        on lead_attributes.lead_id = by_lead.lead_id

    where lead_attributes.value is not null

),

first_activities as (

    select
        lead_id,
        activity_type,
        min(greatest(occurred_on, arrived_on)) as first_on

    from activities

    group by
        lead_id,
        activity_type

),

-- only what a lead had done by the day, and was known to have done
activity_counts as (

    select
        score_backtest.scoring_model,
        'activity_type' as kind,
        first_activities.activity_type as name,
        cast(null as text) as value,
        score_backtest.lead_id,
        count(*) as row_count,
        sum(case when score_backtest.is_won then 1 else 0 end) as won_count

    from first_activities

    inner join score_backtest
        on first_activities.lead_id = score_backtest.lead_id
        and first_activities.first_on <= score_backtest.backtest_day

    group by
        score_backtest.scoring_model,
        first_activities.activity_type,
        score_backtest.lead_id

),

counts as (

    select * from attribute_counts

    union all

    select * from activity_counts

),

gathered as (

    select
        scoring_model,
        kind,
        name,
        value,
        cast(count(*) as integer) as lead_count,
        cast(sum(case when won_count > 0 then 1 else 0 end) as integer) as won_lead_count,
        cast(sum(row_count) as bigint) as row_count,
        cast(sum(won_count) as bigint) as won_count,
        sum(cast(won_count * won_count as numeric(38, 0))) as won_won,
        sum(cast(won_count * row_count as numeric(38, 0))) as won_rows,
        sum(cast(row_count * row_count as numeric(38, 0))) as rows_rows

    from counts

    group by
        scoring_model,
        kind,
        name,
        value

    having count(*) >= {{ least_lead_count }}

),

named as (

    select distinct
        attribute_rules.scoring_model,
        'attribute' as kind,
        attribute_rules.attribute as name,
        attribute_matches.value

    from attribute_rules

    inner join attribute_matches
        on attribute_rules.attribute = attribute_matches.attribute
        and attribute_rules.operator = attribute_matches.operator
        and attribute_rules.value = attribute_matches.sought_value

    where attribute_rules.operator not in ('is_present', 'is_missing')

    union

    -- a rule for some numbers names the attribute with all its sizes
    select distinct
        scoring_model,
        'attribute' as kind,
        attribute as name,
        cast(null as text) as value

    from attribute_rules

    where attribute in ('{{ numbers | join("', '") }}')

    union

    select distinct
        scoring_model,
        'activity_type' as kind,
        activity_type as name,
        cast(null as text) as value

    from behaviour_rules

),

rated as (

    select
        gathered.scoring_model,
        gathered.kind,
        gathered.name,
        gathered.value,
        named.name is not null as is_named_by_a_rule,
        gathered.lead_count,
        gathered.won_lead_count,
        gathered.row_count,
        totals.row_count as all_rows,
        totals.won_count as all_won,
        gathered.won_count,
        {{ rate_bound(
            'gathered.won_count', 'gathered.row_count', 'gathered.lead_count', 'gathered.won_won', 'gathered.won_rows',
            'gathered.rows_rows', 'low'
        ) }} as win_rate_low,
        {{ rate_bound(
            'gathered.won_count', 'gathered.row_count', 'gathered.lead_count', 'gathered.won_won', 'gathered.won_rows',
            'gathered.rows_rows', 'high'
        ) }} as win_rate_high

    from gathered

    inner join totals
        on gathered.scoring_model = totals.scoring_model

    left join named
        on gathered.scoring_model = named.scoring_model
        and gathered.kind = named.kind
        and gathered.name = named.name
        and (named.value = gathered.value or named.value is null)

),

final as (

    select
        scoring_model,
        kind,
        name,
        value,
        is_named_by_a_rule,
        lead_count,
        won_lead_count,
        cast({{ rounded_ratio('won_count', 'row_count', 4) }} as numeric(5, 4)) as win_rate,
        win_rate_low,
        win_rate_high,
        cast(case when all_won > 0 then {{ quotient('won_count', 'all_won') }} end as numeric(5, 4)) as share_of_won,
        cast(
            case when all_rows > all_won then {{ quotient('row_count - won_count', 'all_rows - all_won') }} end
            as numeric(5, 4)
        ) as share_of_others,
        cast(
            case when all_won > 0 then {{ quotient('won_count * all_rows', 'row_count * all_won') }} end
            as numeric(12, 4)
        ) as lift,
        cast(case when all_won > 0 then {{ quotient('win_rate_low * all_rows', 'all_won') }} end as numeric(12, 4))
            as lift_low,
        cast(case when all_won > 0 then {{ quotient('win_rate_high * all_rows', 'all_won') }} end as numeric(12, 4))
            as lift_high

    from rated

)

select * from final
