{#-
    The condition that a cleaned activity is one of some batches, given as batches_to_read_by_name gives them. They stand in it as
    they are: DuckDB knows which names lie where, and PostgreSQL has an index of the fingerprints.
-#}
{% macro of_batches(activities, batches) -%}
    {%- if batches -%}
        {{ activities }}.batch in (
            {%- for name in batches %}{{ text_literal(name) }}{{ ', ' if not loop.last }}{% endfor -%}
        )
        and {{ activities }}.batch_fingerprint in (
            {%- for name in batches %}{{ text_literal(batches[name]) }}{{ ', ' if not loop.last }}{% endfor -%}
        )
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}
