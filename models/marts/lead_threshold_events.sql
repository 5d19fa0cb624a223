-- One row per lead, scoring model, threshold and crossing: entered when it began to hold, exited when the score fell below its exit.
with

history as (

    select * from {{ ref('lead_score_history') }}

),

recorded_days as (

    select * from {{ ref('int_recorded_days') }}

),

threshold_causes as (

    select * from {{ ref('int_threshold_causes') }}

),

first_day as (

    select min(recorded_on) as recorded_on

    from recorded_days

),

-- most leads never qualify: only those that ever did are looked at
qualified_leads as (

    select distinct
        lead_id,
        scoring_model

    from history

    where
        is_marketing_qualified
        or is_sales_ready

),

spans as (

    select
        history.lead_id,
        history.scoring_model,
        history.valid_from,
        history.valid_to,
        history.score,
        history.is_marketing_qualified,
        history.is_sales_ready,
        history.is_below_marketing_qualified_exit,
        history.is_below_sales_ready_exit,
        lag(history.score) over lead_days as last_score,
        lag(history.valid_to) over lead_days as last_valid_to,
        lead(history.valid_from) over lead_days as next_valid_from

    from history

    inner join qualified_leads
        on history.lead_id = qualified_leads.lead_id
        and history.scoring_model = qualified_leads.scoring_model

    window lead_days as (
        partition by history.lead_id, history.scoring_model
        order by history.valid_from asc
    )

),

-- what each span says of a threshold; between entry and exit it says nothing, and what held before goes on
signals as (
    {%- for threshold in ['marketing_qualified', 'sales_ready'] %}

    select
        lead_id,
        scoring_model,
        '{{ threshold }}' as threshold,
        valid_from as crossed_on,
        case when is_{{ threshold }} then 'entered' else 'exited' end as event,
        case when last_valid_to = valid_from - 1 then last_score end as score_before,
        score as score_after,
        true as is_scored

    from spans

    where
        is_{{ threshold }}
        or is_below_{{ threshold }}_exit

    union all

    -- a lead that is no longer scored holds no threshold
    select
        lead_id,
        scoring_model,
        '{{ threshold }}' as threshold,
        valid_to + 1 as crossed_on,
        'exited' as event,
        score as score_before,
        cast(null as integer) as score_after,
        false as is_scored

    from spans

    where
        valid_to is not null
        and next_valid_from is distinct from valid_to + 1
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

),

compared as (

    select
        *,
        lag(event) over (
            partition by lead_id, scoring_model, threshold
            order by crossed_on asc
        ) as last_event

    from signals

),

final as (

    select
        compared.lead_id,
        compared.scoring_model,
        compared.threshold,
        compared.crossed_on,
        compared.event,
        cast(compared.score_before as integer) as score_before,
        cast(compared.score_after as integer) as score_after,
        case
            when not compared.is_scored then 'The lead is no longer scored'
            when compared.crossed_on = first_day.recorded_on then 'It held already when the history begins'
            when threshold_causes.lead_id is null then 'The cause was not recorded'
            when compared.event = 'entered'
                then coalesce(threshold_causes.what_rose, 'The rest of what the threshold asks for came to hold')
            else coalesce(threshold_causes.what_fell, 'The threshold was raised')
        end as cause

    from compared

    cross join first_day

    left join threshold_causes
        on compared.lead_id = threshold_causes.lead_id
        and compared.scoring_model = threshold_causes.scoring_model
        and compared.crossed_on = threshold_causes.crossed_on

    where
        compared.event is distinct from compared.last_event
        and (compared.event = 'entered' or compared.last_event = 'entered')

)

select * from final
