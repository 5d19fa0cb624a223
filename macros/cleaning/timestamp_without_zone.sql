{#- Day and clock of an ISO 8601 text that is known to be well formed, its zone left aside; the fraction is cut to microseconds. -#}
{% macro timestamp_without_zone(text) -%}
    cast(
        substr({{ text }}, 1, 10)
        || ' '
        || substr(replace(regexp_replace(substr({{ text }}, 12), '([Zz]|[+-][0-9:]+)$', ''), ',', '.'), 1, 15)
        as timestamp
    )
{%- endmacro %}
