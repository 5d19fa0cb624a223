-- One row per distinct job title of the leads, with the seniority and the function that the patterns of job_titles read in it.
-- depends_on: {{ ref('int_rule_faults') }}
with

leads as (

    select * from {{ ref('stg_leads') }}

),

patterns as (

    select
        cast({{ trim_text('pattern') }} as text) as pattern,
        {{ trim_text('job_seniority') }} as job_seniority,
        {{ trim_text('job_function') }} as job_function,
        {{ read_number(trim_text('priority')) }} as priority,
        {{ words_in(lower_case(trim_text('pattern'))) }} as sought_words

    from {{ ref('job_titles') }}

),

job_titles as (

    select distinct
        job_title,
        {{ words_in(lower_case('job_title')) }} as title_words

    from leads

    where rejection_code is null and job_title is not null

),

-- seniority and function are read apart: a pattern that names only one leaves the other to the next pattern
ranked as (

    select
        job_titles.job_title,
        patterns.job_seniority,
        patterns.job_function,
        row_number() over (
            partition by job_titles.job_title, patterns.job_seniority is null
            order by patterns.priority asc, {{ byte_order('patterns.pattern') }} asc
        ) as seniority_rank,
        row_number() over (
            partition by job_titles.job_title, patterns.job_function is null
            order by patterns.priority asc, {{ byte_order('patterns.pattern') }} asc
        ) as function_rank

    from job_titles

    -- a title that no pattern matches is left out: it has neither
    inner join patterns
        on position(patterns.sought_words in job_titles.title_words) > 0

),

final as (

    select
        job_title,
        max(case when seniority_rank = 1 then job_seniority end) as job_seniority,
        max(case when function_rank = 1 then job_function end) as job_function

    from ranked

    group by job_title

)

select * from final
