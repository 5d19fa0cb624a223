-- One row per scoring date and threshold, segment or grade that no lead can ever have with these
-- rules and caps.
{{ config(materialized='ephemeral') }}
with

scoring_dates as (

    select * from {{ ref('int_scoring_dates') }}

),

scoring_models as (

    select * from {{ ref('int_scoring_models') }}

),

rule_reach as (

    select * from {{ ref('int_rule_reach') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

score_bands as (

    select * from {{ ref('int_score_bands') }}

),

written_thresholds as (

    select
        thresholds.scoring_model,
        thresholds.threshold,
        thresholds.min_score > rule_reach.highest_score as is_score_too_high,
        thresholds.min_fit_points > rule_reach.most_fit_points as is_fit_too_high,
        thresholds.min_behaviour_points > rule_reach.most_behaviour_points as is_behaviour_too_high,
        {{ plain_number('thresholds.min_score') }} as min_score,
        {{ plain_number('thresholds.min_fit_points') }} as min_fit_points,
        {{ plain_number('thresholds.min_behaviour_points') }} as min_behaviour_points,
        {{ plain_number('rule_reach.highest_score') }} as highest_score,
        {{ plain_number('rule_reach.most_fit_points') }} as most_fit_points,
        {{ plain_number('rule_reach.most_behaviour_points') }} as most_behaviour_points

    from thresholds

    inner join rule_reach
        on thresholds.scoring_model = rule_reach.scoring_model

),

threshold_warnings as (

    select
        'score_thresholds' as rule_file,
        scoring_model,
        threshold as rule_name,
        'unreachable_threshold' as warning_code,
        case
            when is_score_too_high
                then 'No lead can reach it: it needs a score of ' || min_score
                || ', and these rules give ' || highest_score || ' at most.'
            when is_fit_too_high
                then 'No lead can reach it: it needs ' || min_fit_points
                || ' fit points, and these rules give ' || most_fit_points || ' at most.'
            when is_behaviour_too_high
                then 'No lead can reach it: it needs ' || min_behaviour_points
                || ' behaviour points, and these rules give ' || most_behaviour_points
                || ' at most.'
        end as warning

    from written_thresholds

),

-- what a band is measured by lies between the lowest and the highest value, both included
band_ranges as (

    select
        score_bands.scoring_model,
        score_bands.band_kind,
        score_bands.band,
        score_bands.from_value,
        score_bands.below_value,
        case
            when score_bands.band_kind = 'segment' then scoring_models.min_score
            else 0
        end as lowest_value,
        case
            when score_bands.band_kind = 'segment' then rule_reach.highest_score
            when score_bands.band_kind = 'fit_grade' then rule_reach.most_fit_points
            else rule_reach.most_behaviour_points
        end as highest_value

    from score_bands

    inner join rule_reach
        on score_bands.scoring_model = rule_reach.scoring_model

    inner join scoring_models
        on score_bands.scoring_model = scoring_models.scoring_model

),

band_warnings as (

    select
        case when band_kind = 'segment' then 'score_segments' else 'score_grades' end as rule_file,
        scoring_model,
        case
            when band_kind = 'segment' then band
            else replace(band_kind, '_', ' ') || ' ' || band
        end as rule_name,
        'unreachable_band' as warning_code,
        case
            when from_value > highest_value
                then 'No lead can be in it: it begins at ' || {{ plain_number('from_value') }}
                || ', and these rules give ' || {{ plain_number('highest_value') }}
                || ' at most.'
            when below_value <= lowest_value
                then 'No lead can be in it: the next one begins at '
                || {{ plain_number('below_value') }} || ', and nothing lies below '
                || {{ plain_number('lowest_value') }} || '.'
        end as warning

    from band_ranges

),

warnings as (

    select * from threshold_warnings
    union all
    select * from band_warnings

),

final as (

    select
        scoring_dates.scoring_date,
        warnings.rule_file,
        warnings.scoring_model,
        warnings.rule_name,
        warnings.warning_code,
        warnings.warning

    from warnings

    cross join scoring_dates

    where warnings.warning is not null

)

select * from final
