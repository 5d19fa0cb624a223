{#-
    The statements that make the planner expect many rows in every step of a model, and give each step room; empty where the
    engine measures as it goes.
-#}
{% macro plan_for_many_rows() -%}
    {{ adapter.dispatch('plan_for_many_rows', 'lead_scoring')() }}
{%- endmacro %}

{% macro default__plan_for_many_rows() -%}
{%- endmacro %}

{#
    PostgreSQL takes columns that belong together for independent, expects one row of a join of millions, and loops for
    minutes, or merges by one of several columns, which is no better. A hash join takes all of them. Groups are hashed, too:
    sorting millions of texts by the rules of a language takes twice as long. Compiling the queries would take longer than
    it saves. A server's 4 MB for a step, its default, would put every large step on disk.
#}
{% macro postgres__plan_for_many_rows() -%}
    {%- set work_mem = env_var('LEAD_SCORING_POSTGRES_WORK_MEM', '256MB') -%}
    set local enable_nestloop = off; set local enable_mergejoin = off; set local enable_sort = off; set local jit = off;
    select set_config('work_mem', {{ text_literal(work_mem) }}, true)
    where pg_size_bytes(current_setting('work_mem')) < pg_size_bytes({{ text_literal(work_mem) }})
{%- endmacro %}
