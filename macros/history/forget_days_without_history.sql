{#- Forgets which days were recorded when there is no history that they could stand for: it was dropped to begin anew. -#}
{% macro forget_days_without_history() -%}
    {%- if execute and load_relation(this) is not none -%}
        {%- set history = api.Relation.create(database=this.database, schema=target.schema, identifier='lead_score_history') -%}
        {%- if load_relation(history) is none -%}
            delete from {{ this }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
