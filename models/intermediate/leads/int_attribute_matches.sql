-- One row per distinct attribute value and condition of a rule that holds for it.
with

lead_attributes as (

    select * from {{ ref('int_lead_attributes') }}

),

attribute_rules as (

    select * from {{ ref('int_attribute_rules') }}

),

-- what a value is prepared for costs more than the comparison: only where a condition asks for it
attribute_needs as (

    select
        attribute,
        max(case when operator = 'contains_word' then 1 else 0 end) = 1 as needs_words,
        max(
            case
                when operator in ('gt', 'gte', 'lt', 'lte', 'between') then 1
                when attribute in ('employee_count', 'annual_revenue', 'campaign_cost') then 1
                else 0
            end
        ) = 1 as needs_number

    from attribute_rules

    group by attribute

),

distinct_values as (

    select distinct
        attribute,
        value

    from lead_attributes

),

-- conditions are matched with distinct values, not with leads: the cost follows the vocabulary
attribute_values as (

    select
        distinct_values.attribute,
        distinct_values.value,
        {{ lower_case('distinct_values.value') }} as lower_value,
        case when attribute_needs.needs_number then {{ read_number('distinct_values.value') }} end as number_value,
        case
            when attribute_needs.needs_words then {{ words_in(lower_case('distinct_values.value')) }}
        end as value_words

    from distinct_values

    -- a value of an attribute that no rule names has nothing to match
    inner join attribute_needs
        on distinct_values.attribute = attribute_needs.attribute

),

conditions as (

    select
        attribute,
        operator,
        value as sought_value,
        {{ lower_case('value') }} as lower_sought,
        {{ words_in(lower_case('value')) }} as sought_words,
        {{ read_number(trim_text("split_part(value, '|', 1)")) }} as low_number,
        {{ read_number(trim_text("split_part(value, '|', 2)")) }} as high_number,
        case
            when operator in ('in', 'not_in') then 1 + length(value) - length(replace(value, '|', ''))
            else 1
        end as item_count,
        attribute in ('employee_count', 'annual_revenue', 'campaign_cost') as is_number

    from attribute_rules

    group by
        attribute,
        operator,
        value

),

item_numbers as (

    {{ whole_numbers('select max(item_count) from conditions') }}

),

-- equals has one item, a list has as many as it names
sought_items as (

    select
        conditions.attribute,
        conditions.operator,
        conditions.sought_value,
        conditions.is_number,
        case
            when conditions.operator in ('equals', 'not_equals') then conditions.lower_sought
            else {{ trim_text("split_part(conditions.lower_sought, '|', item_numbers.number)") }}
        end as item

    from conditions

    inner join item_numbers
        on item_numbers.number <= conditions.item_count

    where conditions.operator in ('equals', 'not_equals', 'in', 'not_in')

),

numbered_items as (

    select
        attribute,
        operator,
        sought_value,
        is_number,
        item,
        {{ read_number('item') }} as item_number

    from sought_items

),

equal_values as (

    select
        attribute_values.attribute,
        attribute_values.value,
        numbered_items.operator,
        numbered_items.sought_value

    from attribute_values

    inner join numbered_items
        on attribute_values.attribute = numbered_items.attribute
        and case
            when numbered_items.is_number then attribute_values.number_value = numbered_items.item_number
            else attribute_values.lower_value = numbered_items.item
        end

    group by
        attribute_values.attribute,
        attribute_values.value,
        numbered_items.operator,
        numbered_items.sought_value

),

final as (

    select
        attribute_values.attribute,
        attribute_values.value,
        conditions.operator,
        conditions.sought_value

    from attribute_values

    inner join conditions
        on attribute_values.attribute = conditions.attribute

    left join equal_values
        on attribute_values.attribute = equal_values.attribute
        and attribute_values.value = equal_values.value
        and conditions.operator = equal_values.operator
        and conditions.sought_value = equal_values.sought_value

    -- a missing value matches is_missing and nothing else
    where
        case
            when attribute_values.value = '' then conditions.operator = 'is_missing'
            when conditions.operator = 'is_missing' then false
            when conditions.operator = 'is_present' then true
            when conditions.operator in ('equals', 'in') then equal_values.value is not null
            when conditions.operator in ('not_equals', 'not_in') then equal_values.value is null
            when conditions.operator = 'contains'
                then position(conditions.lower_sought in attribute_values.lower_value) > 0
            when conditions.operator = 'starts_with'
                then left(attribute_values.lower_value, length(conditions.lower_sought)) = conditions.lower_sought
            when conditions.operator = 'ends_with'
                then right(attribute_values.lower_value, length(conditions.lower_sought)) = conditions.lower_sought
            when conditions.operator = 'contains_word'
                then position(conditions.sought_words in attribute_values.value_words) > 0
            when conditions.operator = 'gt' then attribute_values.number_value > conditions.low_number
            when conditions.operator = 'gte' then attribute_values.number_value >= conditions.low_number
            when conditions.operator = 'lt' then attribute_values.number_value < conditions.low_number
            when conditions.operator = 'lte' then attribute_values.number_value <= conditions.low_number
            when conditions.operator = 'between'
                then attribute_values.number_value between conditions.low_number and conditions.high_number
            else false
        end

)

select * from final
