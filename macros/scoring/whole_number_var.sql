{#- A var that must be a whole number, `least` or more; stops with a sentence when it is not. -#}
{% macro whole_number_var(name, default, least=1) -%}
    {%- set text = var(name, default) | string | trim -%}
    {%- if not modules.re.match('^[0-9]{1,9}$', text) or text | int < least -%}
        {{ exceptions.raise_compiler_error('The var ' ~ name ~ ' is "' ~ text ~ '". It must be a whole number from ' ~ least ~ ' up.') }}
    {%- endif -%}
    {{ return(text | int) }}
{%- endmacro %}
