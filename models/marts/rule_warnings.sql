-- One row per scoring date, rule file, scoring model, rule or other name, and warning: what is
-- allowed in the rules, but odd.
{{ config(post_hook='{{ tell_rule_warnings() }}') }}
with

warnings as (

    select * from {{ ref('int_rule_use_warnings') }}
    union all
    select * from {{ ref('int_rule_reach_warnings') }}
    union all
    select * from {{ ref('int_rule_cap_warnings') }}
    union all
    select * from {{ ref('int_rule_reading_warnings') }}

),

final as (

    select
        scoring_date,
        rule_file,
        scoring_model,
        rule_name,
        warning_code,
        warning

    from warnings

)

select * from final
