{#-
    The columns of the leads that this run scores, as raw_columns gives them: those of the raw table or, where the run does not
    read it (the selector rescore), those that the last run read.
-#}
{% macro scored_lead_columns(raw_leads) -%}
    {%- set is_rescored = 'model.lead_scoring.int_lead_attributes' in selected_resources
        and 'model.lead_scoring.stg_leads' not in selected_resources -%}
    {%- set cleaned = load_relation(
        api.Relation.create(database=this.database, schema=this.schema, identifier='stg_leads')
    ) if execute and is_rescored -%}
    {%- if not cleaned -%}{{ return(raw_columns(raw_leads, [], is_optional=true)) }}{%- endif -%}
    {%- set columns = {'lead_id': {'name': 'lead_id'}} -%}
    {%- for name in further_columns_of(cleaned) -%}{%- do columns.update({name | lower: {'name': name}}) -%}{%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
