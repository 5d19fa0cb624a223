{#-
    The statement that gives a sync_lead_scores from before it had mapping_version that column; empty for every other one. The
    model reads the column of what was said last, and its table cannot be made anew.
-#}
{% macro add_mapping_version() -%}
    {%- if
        execute and is_incremental()
        and 'mapping_version' not in adapter.get_columns_in_relation(this) | map(attribute='name') | list
    -%}
        alter table {{ this }} add column mapping_version text
    {%- endif -%}
{%- endmacro %}
