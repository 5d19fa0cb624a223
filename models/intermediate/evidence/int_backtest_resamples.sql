-- One row per lead of score_backtest and resample that has it: how often the lead is drawn. Resample 0 has every lead once.
{#-
    The Poisson bootstrap: each lead is drawn 0, 1, 2 ... times with the chances of a Poisson distribution of mean 1, all of
    its days together, since they are not independent. Source: Hanley and MacGibbon, "Creating non-parametric bootstrap
    samples using Poisson frequencies", Computer Methods and Programs in Biomedicine 83 (2006).
-#}
{#- 2^32 times the Poisson distribution function at 0, 1, 2 ... -#}
{%- set limits = [1580030169, 3160060337, 3950075422, 4213413783, 4279248374, 4292415292, 4294609778, 4294923276] %}
with

leads as (

    select distinct lead_id

    from {{ ref('score_backtest') }}

),

resamples as (

    {{ whole_numbers('select ' ~ whole_number_var('resample_count', 100, 20)) }}

),

drawn as (

    select
        leads.lead_id,
        resamples.number as resample,
        {{ hash_number("leads.lead_id || ' ' || cast(resamples.number as text)") }} as lot

    from leads

    cross join resamples

),

weighted as (

    select
        lead_id,
        resample,
        case
            {%- for limit in limits %}
            when lot < {{ limit }} then {{ loop.index0 }}
            {%- endfor %}
            else {{ limits | length }}
        end as draw_count

    from drawn

),

final as (

    select
        lead_id,
        0 as resample,
        1 as draw_count

    from leads

    union all

    select
        lead_id,
        resample,
        draw_count

    from weighted

    where draw_count > 0

)

select * from final
