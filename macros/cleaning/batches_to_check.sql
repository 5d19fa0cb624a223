{#-
    Which batches stg_activity_batches has to hash, as a mapping: those of the days `since` which an activity can count, and of
    the settled ones before, those whose turn it is, as `settled`. None where it is every batch: when few rows are settled, or
    they were hashed for another version of the cleaning.
-#}
{% macro batches_to_check(columns) -%}
    {%- if not execute or not is_incremental() or not columns -%}
        {{ return(none) }}
    {%- elif 'checked_on' not in adapter.get_columns_in_relation(this) | map(attribute='name') -%}
        {{ return(none) }}
    {%- endif -%}
    {#- the rules are not checked yet: they may lack the column, and a century is as far back as anyone looks -#}
    {%- if 'window_days' not in adapter.get_columns_in_relation(ref('decay_curves')) | map(attribute='name') -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set days_back = 'cast(greatest(least(max(window_days), 36500), 0) as integer)' -%}
    {%- set rows_in_turn = whole_number_var('settled_rows_per_run', 5000000) -%}
    {%- set settled_query -%}
        with

        windows as (

            select {{ read_number(trim_text('window_days')) }} as window_days

            from {{ ref('decay_curves') }}

        ),

        -- where one curve has no window, every activity can count
        reach as (

            select left({{ timestamp_text('cast(' ~ scoring_date() ~ ' - ' ~ days_back ~ ' as timestamp)') }}, 10) as since

            from windows

            having count(*) = count(window_days)

        ),

        settled as (

            select
                held.batch,
                held.row_count,
                held.checked_on,
                reach.since,
                -- rows that do not say when they were loaded lie anywhere: their turn comes when it is over for the others
                case when held.batch like '% occurred' then 'occurred ' else '' end || held.batch as place_in_turn

            from {{ this }} as held

            inner join reach
                on held.batch < reach.since
                or held.batch = 'undated'

            where held.cleaning_version = '{{ cleaning_version(columns) }}'

        ),

        next_in_turn as (

            select place_in_turn

            from settled

            order by checked_on, {{ byte_order('place_in_turn') }}

            limit 1

        ),

        from_next_on as (

            select
                batch,
                row_count,
                sum(row_count) over (order by {{ byte_order('place_in_turn') }} rows unbounded preceding) as rows_so_far

            from settled

            where {{ byte_order('place_in_turn') }} >= (select next_in_turn.place_in_turn from next_in_turn)

        )

        select
            from_next_on.batch,
            (select min(since) from settled) as since,
            (select sum(row_count) from settled) as settled_rows

        from from_next_on

        where from_next_on.rows_so_far - from_next_on.row_count < {{ rows_in_turn }}
    {%- endset -%}
    {%- set found = run_query(settled_query).rows -%}
    {%- if not found or found[0]['settled_rows'] <= rows_in_turn -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return({'since': found[0]['since'], 'settled': found | map(attribute='batch') | list}) }}
{%- endmacro %}
