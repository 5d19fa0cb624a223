-- One row per kind of population and its name: how far the recent days have moved from the reference days.
{%- set periods = drift_periods() %}
{%- set least_count = 100 %}
{%- set least_count_per_category = 10 %}
{%- set reference_share = rounded_ratio('reference_count', 'nullif(reference_total, 0)', 4) %}
{%- set recent_share = rounded_ratio('recent_count', 'nullif(recent_total, 0)', 4) %}
with

categories as (

    select * from {{ ref('int_drift_categories') }}
    union all
    select * from {{ ref('int_drift_segments') }}

),

totals as (

    select
        population_kind,
        population_name,
        sum(reference_count) as reference_count,
        sum(recent_count) as recent_count,
        count(*) as category_count

    from categories

    group by
        population_kind,
        population_name

),

terms as (

    select
        categories.population_kind,
        categories.population_name,
        categories.category,
        categories.reference_count,
        categories.recent_count,
        totals.reference_count as reference_total,
        totals.recent_count as recent_total,
        totals.category_count,
        {{ stability_term(
            'categories.reference_count', 'totals.reference_count', 'categories.recent_count', 'totals.recent_count',
            'totals.category_count'
        ) }} as term

    from categories

    inner join totals
        on categories.population_kind = totals.population_kind
        and categories.population_name = totals.population_name

),

ranked as (

    select
        population_kind,
        population_name,
        category,
        reference_count,
        recent_count,
        reference_total,
        recent_total,
        category_count,
        term,
        sum(term) over (partition by population_kind, population_name) as stability_index,
        row_number() over (
            partition by population_kind, population_name
            order by
                term desc,
                {{ byte_order('category') }} asc nulls last
        ) as term_rank

    from terms

),

-- with few members, chance alone moves the index that far
final as (

    select
        population_kind,
        population_name,
        {{ periods.reference_from }} as reference_from,
        {{ periods.reference_to }} as reference_to,
        {{ periods.recent_from }} as recent_from,
        {{ periods.recent_to }} as recent_to,
        cast(reference_total as integer) as reference_count,
        cast(recent_total as integer) as recent_count,
        cast(category_count as integer) as category_count,
        cast(stability_index as numeric(18, 4)) as stability_index,
        case
            when
                least(reference_total, recent_total) < {{ least_count }}
                or least(reference_total, recent_total) < {{ least_count_per_category }} * category_count
                then 'too_few'
            when stability_index < 0.1 then 'stable'
            when stability_index < 0.25 then 'moderate'
            else 'large'
        end as drift,
        case when term > 0 then coalesce(category, 'other') end as most_moved_category,
        case when term > 0 then cast({{ reference_share }} as numeric(18, 4)) end as reference_share,
        case when term > 0 then cast({{ recent_share }} as numeric(18, 4)) end as recent_share,
        {{ scoring_date() }} as scoring_date

    from ranked

    where term_rank = 1

)

select * from final
