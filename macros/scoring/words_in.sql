{#-
    Lower-case text prepared for a search of whole words: every character that is no ASCII letter or digit stands between
    marks, and so does the whole. A text holds a word exactly when words_in(text) contains words_in(word).
-#}
{% macro words_in(text) -%}
    chr(1) || {{ replace_pattern(text, '([^a-z0-9])', "chr(1) || '\\1' || chr(1)") }} || chr(1)
{%- endmacro %}
