{#- Text without blanks at its ends; null when nothing is left. -#}
{% macro trim_text(text) -%}
    {{ adapter.dispatch('trim_text', 'lead_scoring')(text) }}
{%- endmacro %}

{% macro default__trim_text(text) -%}
    {%- set blanks = "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160)" -%}
    nullif(ltrim(rtrim({{ text }}, {{ blanks }}), {{ blanks }}), '')
{%- endmacro %}

{#
    DuckDB trims a set of characters slowly: a text that begins and ends with visible ASCII is left as it is. The blanks are
    the same ones; written in this way they are read sooner by dbt, which for a unit test reads the SQL word by word.
#}
{% macro duckdb__trim_text(text) -%}
    case
        when {{ text }} >= '!' and {{ text }} < chr(127) and ({{ text }})[-1] between '!' and '~' then {{ text }}
        else nullif(trim({{ text }}, E' \t\n\x0B\f\r\xC2\xA0'), '')
    end
{%- endmacro %}
