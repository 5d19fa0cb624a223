{#- A var that must be a whole number from 1 up; stops with a sentence when it is not. -#}
{% macro whole_number_var(name, default) -%}
    {%- set text = var(name, default) | string | trim -%}
    {%- if not modules.re.match('^[0-9]{1,9}$', text) or text | int < 1 -%}
        {{ exceptions.raise_compiler_error('The var ' ~ name ~ ' is "' ~ text ~ '". It must be a whole number from 1 up.') }}
    {%- endif -%}
    {{ return(text | int) }}
{%- endmacro %}
