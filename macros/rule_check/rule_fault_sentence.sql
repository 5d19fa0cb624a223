{#- A row of int_rule_faults as one line: where it is, what is wrong, the nearest right spelling, what is allowed. -#}
{% macro rule_fault_sentence(fault, listed_count=30) -%}
    {%- set words = [fault['rule_file'] ~ '.csv'] -%}
    {%- if fault['file_row'] is not none -%}{%- do words.append('row ' ~ fault['file_row'] | int) -%}{%- endif -%}
    {%- if fault['rule_column'] is not none -%}{%- do words.append('column ' ~ fault['rule_column']) -%}{%- endif -%}
    {%- set sentence = [words | join(', ') ~ ': ' ~ fault['problem']] -%}
    {%- if fault['allowed'] is not none -%}
        {%- set allowed = fault['allowed'].split('|') -%}
        {%- if fault['cell'] is not none -%}
            {%- set nearest = nearest_spelling(fault['cell'], allowed) -%}
            {%- if nearest is not none -%}{%- do sentence.append('Did you mean "' ~ nearest ~ '"?') -%}{%- endif -%}
        {%- endif -%}
        {%- set rest = allowed | length - listed_count -%}
        {%- do sentence.append(
            'Allowed: ' ~ allowed[:listed_count] | join(', ') ~ (' and ' ~ rest ~ ' more' if rest > 0 else '') ~ '.'
        ) -%}
    {%- endif -%}
    {{ return(sentence | join(' ')) }}
{%- endmacro %}
