{#- A var that must be a day, as text; `default` where it is empty, which comes from `default_name`. Stops with a sentence when it is no day. -#}
{% macro day_var(name, default='', default_name='') -%}
    {%- set day = (var(name, '') or default) | string -%}
    {%- set parts = modules.re.match('^([0-9]{4})-([0-9]{2})-([0-9]{2})$', day) -%}
    {%- set is_day = namespace(value=not day) -%}
    {%- if parts -%}
        {%- set year, month, day_of_month = parts.group(1) | int, parts.group(2) | int, parts.group(3) | int -%}
        {%- set is_leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 -%}
        {%- set month_days = [31, 29 if is_leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] -%}
        {%- if year > 0 and 1 <= month <= 12 and 1 <= day_of_month <= month_days[month - 1] -%}
            {%- set is_day.value = true -%}
        {%- endif -%}
    {%- endif -%}
    {%- if not is_day.value -%}
        {{ exceptions.raise_compiler_error(('The var ' ~ name if var(name, '') else default_name) ~ ' is "' ~ day ~ '". It must be a day written YYYY-MM-DD, such as 2026-06-30.') }}
    {%- endif -%}
    {{ return(day) }}
{%- endmacro %}
