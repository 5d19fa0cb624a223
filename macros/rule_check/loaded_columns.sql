{#- The columns of a rule file as it is loaded; none for what a unit test gives. Stops the run with a sentence when it is not loaded at all. -#}
{% macro loaded_columns(relation) -%}
    {%- if not execute or relation.is_cte -%}{{ return([]) }}{%- endif -%}
    {%- set found = load_relation(relation) -%}
    {%- if found is none -%}
        {%- if flags.WHICH not in ['build', 'run'] -%}{{ return([]) }}{%- endif -%}
        {{ exceptions.raise_compiler_error(
            'The rule file ' ~ relation.identifier ~ '.csv is not loaded. Run `dbt seed` first, or `dbt build`, which does both.'
        ) }}
    {%- endif -%}
    {{ return(adapter.get_columns_in_relation(found)) }}
{%- endmacro %}
