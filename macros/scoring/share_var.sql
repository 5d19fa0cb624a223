{#- A var that must be a number from 0 to 1; stops the run with a sentence when it is not. -#}
{% macro share_var(name, default) -%}
    {%- set text = var(name, default) | string | trim -%}
    {%- if not modules.re.match('^(0|1|[01]?\\.[0-9]{1,9})$', text) or text | float > 1 -%}
        {{ exceptions.raise_compiler_error('The var ' ~ name ~ ' is "' ~ text ~ '". It must be a number from 0 to 1, such as 0.2.') }}
    {%- endif -%}
    {{ return(text | float) }}
{%- endmacro %}
