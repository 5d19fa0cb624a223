-- One row per segment or grade that leaves a gap, lies out of reach or begins where another does.
{{ config(materialized='ephemeral') }}
with

rule_rows as (

    select * from {{ ref('int_rule_rows') }}

),

-- rows for `*` are judged for every model that is scored
scored_models as (

    select
        scoring_model,
        min_score,
        max_score,
        {{ read_number('min_score') }} as min_number,
        {{ read_number('max_score') }} as max_number

    from rule_rows

    where
        rule_file = 'scoring_models'
        and status in ('active', 'testing')
        and scoring_model <> '*'
        and {{ read_number('min_score') }} < {{ read_number('max_score') }}

),

segments as (

    select
        scored_models.scoring_model,
        rule_rows.rule_file,
        rule_rows.file_row,
        'min_score' as rule_column,
        'segment' as band_kind,
        rule_rows.segment as band,
        rule_rows.min_score as from_text,
        {{ read_number('rule_rows.min_score') }} as from_number,
        scored_models.min_score as lowest_text,
        scored_models.min_number as lowest_number,
        scored_models.max_score as highest_text,
        scored_models.max_number as highest_number

    from rule_rows

    inner join scored_models
        on rule_rows.scoring_model in ('*', scored_models.scoring_model)

    where rule_rows.rule_file = 'score_segments'

),

-- points of either part are never negative, and have no fixed highest value
grades as (

    select
        scored_models.scoring_model,
        rule_rows.rule_file,
        rule_rows.file_row,
        'min_points' as rule_column,
        rule_rows.axis || ' grade' as band_kind,
        rule_rows.grade as band,
        rule_rows.min_points as from_text,
        {{ read_number('rule_rows.min_points') }} as from_number,
        '0' as lowest_text,
        0 as lowest_number,
        cast(null as text) as highest_text,
        cast(null as numeric(38, 10)) as highest_number

    from rule_rows

    inner join scored_models
        on rule_rows.scoring_model in ('*', scored_models.scoring_model)

    where rule_rows.rule_file = 'score_grades' and rule_rows.axis in ('fit', 'behaviour')

),

bands as (

    select * from segments
    union all
    select * from grades

),

-- a band whose number cannot be read may be the one that closes the gap
measured as (

    select
        scoring_model,
        rule_file,
        file_row,
        rule_column,
        band_kind,
        band,
        from_text,
        from_number,
        lowest_text,
        lowest_number,
        highest_text,
        highest_number,
        count(*) over (partition by scoring_model, band_kind)
        - count(from_number) over (partition by scoring_model, band_kind) as unread_count,
        row_number() over (
            partition by scoring_model, band_kind
            order by from_number asc nulls last, file_row asc
        ) as band_rank,
        min(file_row) over (partition by scoring_model, band_kind, from_number) as first_row

    from bands

),

band_faults as (

    select
        rule_file,
        file_row,
        rule_column,
        from_text,
        case
            when from_number is not null and file_row > first_row
                then 'The ' || band_kind || ' ' || band || ' of the model ' || scoring_model
                || ' begins at ' || from_text || ' like the one in row '
                || cast(first_row as text) || '.'
            when band_rank = 1 and unread_count = 0 and from_number > lowest_number
                then 'The lowest ' || band_kind || ' of the model ' || scoring_model
                || ' begins at ' || from_text || ', which leaves a gap: it must begin at '
                || lowest_text || ' or below.'
            when from_number > highest_number
                then 'The ' || band_kind || ' ' || band || ' begins at ' || from_text
                || ', above the highest score of the model ' || scoring_model
                || ' (' || highest_text || ').'
        end as problem

    from measured

),

final as (

    select
        rule_file,
        file_row,
        rule_column,
        from_text as cell,
        problem,
        cast(null as text) as allowed

    from band_faults

    where problem is not null

    union all

    select
        rule_file,
        file_row,
        'segment' as rule_column,
        segment as cell,
        'A segment cannot be called disqualified: disqualified leads get that name by themselves.'
            as problem,
        cast(null as text) as allowed

    from rule_rows

    where rule_file = 'score_segments' and {{ lower_case('segment') }} = 'disqualified'

)

select * from final
