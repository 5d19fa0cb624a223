{#-
    The statements that take the rows of leads to be forgotten out of the tables of the last backtest, which a run without one
    does not build anew.
-#}
{% macro forget_in_evidence() -%}
    {%- if execute -%}
        {%- for schema, name in [
            (this.schema, 'int_decided_opportunities'), (this.schema, 'int_backtest_resamples'),
            (target.schema, 'score_backtest'), (target.schema, 'score_backtest_contributions')
        ] -%}
            {%- set table = load_relation(api.Relation.create(database=this.database, schema=schema, identifier=name)) -%}
            {%- if table is not none %}
    delete from {{ table }}
    where lead_id in (select lead_id from {{ this }} where lead_id is not null);
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
