{#- Text in Unicode's simple lower case: one character for one character, whatever the collation. -#}
{% macro lower_case(text) -%}
    {{ adapter.dispatch('lower_case', 'lead_scoring')(text) }}
{%- endmacro %}

{% macro default__lower_case(text) -%}
    lower({{ text }})
{%- endmacro %}

{# PostgreSQL's lower() depends on the database's locale: plain ASCII under "C", and from there by Unicode 14's table. #}
{% macro postgres__lower_case(text) -%}
    case
        when octet_length({{ text }}) = char_length({{ text }})
            then lower({{ text }} collate "C")
        else translate(
            lower({{ text }} collate "C"),
            '{{ unicode_upper_case() }}',
            '{{ unicode_lower_case() }}'
        )
    end
{%- endmacro %}
