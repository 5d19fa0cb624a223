{#- A timestamp as ISO 8601 text with microseconds, whatever the session's date style. -#}
{% macro timestamp_text(timestamp) -%}
    {{ adapter.dispatch('timestamp_text', 'lead_scoring')(timestamp) }}
{%- endmacro %}

{% macro default__timestamp_text(timestamp) -%}
    strftime({{ timestamp }}, '%Y-%m-%dT%H:%M:%S.%f')
{%- endmacro %}

{# PostgreSQL has to_char with its own pattern letters. #}
{% macro postgres__timestamp_text(timestamp) -%}
    to_char({{ timestamp }}, 'YYYY-MM-DD"T"HH24:MI:SS.US')
{%- endmacro %}
