{#- A number as people write it: up to four decimals, and no zeros behind them: 60, 12.5, -0.25. -#}
{% macro plain_number(number) -%}
    regexp_replace(regexp_replace(cast(cast({{ number }} as numeric(18, 4)) as text), '0+$', ''), '[.]$', '')
{%- endmacro %}
