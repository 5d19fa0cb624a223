{#- The UTC timestamp that an ISO 8601 text stands for; null when it is none. -#}
{% macro read_timestamp(text) -%}
    {%- set leap_year = '([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)' -%}
    {%- set day = '([0-9]{4}-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])'
        ~ '|[0-9]{4}-(0[469]|11)-(0[1-9]|[12][0-9]|30)'
        ~ '|[0-9]{4}-02-(0[1-9]|1[0-9]|2[0-8])'
        ~ '|' ~ leap_year ~ '-02-29)' -%}
    {%- set clock = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?' -%}
    {%- set zone = '([Zz]|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)' -%}
    {#- what follows the clock, and the zone's digits as HHMM -#}
    {%- set zone_text = "regexp_replace(substr(" ~ text ~ ", 17), '^[:0-9.,]*', '')" -%}
    {%- set zone_digits = "rpad(replace(substr(" ~ zone_text ~ ", 2), ':', ''), 4, '0')" -%}
    coalesce(
        {{ plain_timestamp(text) }},
        case
            when
                not {{ matches_pattern(text, '^' ~ day ~ '([Tt ]' ~ clock ~ '(' ~ zone ~ ')?)?$') }}
                or substr({{ text }}, 1, 4) = '0000'
                then null
            when length({{ text }}) = 10
                then cast(cast({{ text }} as date) as timestamp)
            when {{ zone_text }} in ('', 'Z', 'z')
                then {{ timestamp_without_zone(text) }}
            else
                {{ timestamp_without_zone(text) }}
                - (case when substr({{ zone_text }}, 1, 1) = '-' then -1 else 1 end)
                * (
                    60 * cast(substr({{ zone_digits }}, 1, 2) as integer)
                    + cast(substr({{ zone_digits }}, 3, 2) as integer)
                )
                * interval '1 minute'
        end
    )
{%- endmacro %}
