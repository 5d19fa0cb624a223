{#- What a seller reads of a rule: its rationale up to the first colon, or the whole of it without the full stop. -#}
{% macro rule_words(rationale) -%}
    case
        when position(':' in {{ rationale }}) > 1
            then {{ trim_text("split_part(" ~ rationale ~ ", ':', 1)") }}
        else regexp_replace({{ trim_text(rationale) }}, '[.]$', '')
    end
{%- endmacro %}
