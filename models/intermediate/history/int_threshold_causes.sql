-- One row per lead, scoring model and recorded day on which a threshold flag changed: what rose and what fell most by then.
{#- Kept from run to run: what is no longer scored cannot be explained later on. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook='{{ forget_days_to_explain() }}',
    post_hook='{{ forget_in_history() }}'
) }}
-- depends_on: {{ ref('int_history_days') }}
-- depends_on: {{ ref('int_forgotten_leads') }}
with

change_terms as (

    select * from {{ ref('int_score_change_terms') }}

    where
        is_recorded
        and has_crossed

),

crossings as (

    select distinct
        after_on,
        lead_id,
        scoring_model

    from change_terms

),
{%- for direction, comparison, order_by in [('rose', '> 0', '-points'), ('fell', '< 0', 'points')] %}

{{ direction }} as (

    select
        after_on,
        lead_id,
        scoring_model,
        {{ first_texts(
            "reason || ' (' || case when points > 0 then '+' else '' end || " ~ points_text('points') ~ " || ')'",
            [order_by, byte_order("coalesce(rule_id, change_kind)")],
            3
        ) }} as terms

    from change_terms

    -- what rounds to no points at all is no cause
    where
        points {{ comparison }}
        and abs(points) >= 0.05

    group by
        after_on,
        lead_id,
        scoring_model

),
{%- endfor %}

final as (

    select
        crossings.after_on as crossed_on,
        crossings.lead_id,
        crossings.scoring_model,
        rose.terms as what_rose,
        fell.terms as what_fell

    from crossings

    left join rose
        on crossings.after_on = rose.after_on
        and crossings.lead_id = rose.lead_id
        and crossings.scoring_model = rose.scoring_model

    left join fell
        on crossings.after_on = fell.after_on
        and crossings.lead_id = fell.lead_id
        and crossings.scoring_model = fell.scoring_model

)

select * from final
