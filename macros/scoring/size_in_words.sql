{#- How large a number is, as text: 'below 10', '10 to 99', '100 to 999' and so on. -#}
{% macro size_in_words(number) -%}
    case
        when {{ number }} < 10 then 'below 10'
        else
            rpad('1', cast(length(cast(floor({{ number }}) as text)) as integer), '0')
            || ' to ' || rpad('9', cast(length(cast(floor({{ number }}) as text)) as integer), '9')
    end
{%- endmacro %}
