{#- Any column as text that is the same on every engine: ISO timestamps in UTC, whole floats without `.0`. -#}
{% macro text_of(column, type) -%}
    {%- if 'with time zone' in type or type == 'timestamptz' -%}
        {{ timestamp_text(column ~ " at time zone 'UTC'") }}
    {%- elif type.startswith('timestamp') or type == 'date' -%}
        {{ timestamp_text('cast(' ~ column ~ ' as timestamp)') }}
    {%- elif type in ('double', 'double precision', 'float', 'real') -%}
        regexp_replace(cast({{ column }} as text), '[.]0$', '')
    {%- elif type in ('text', 'varchar') -%}
        {{ column }}
    {%- else -%}
        cast({{ column }} as text)
    {%- endif -%}
{%- endmacro %}
