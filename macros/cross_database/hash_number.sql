{#-
    A whole number from 0 to 2^32 - 1 that a text always gives, as if drawn by lot: the first eight hexadecimal digits of its
    MD5 hash.
-#}
{% macro hash_number(text) -%}
    {{ adapter.dispatch('hash_number', 'lead_scoring')(text) }}
{%- endmacro %}

{% macro default__hash_number(text) -%}
    cast('0x' || substr(md5({{ text }}), 1, 8) as bigint)
{%- endmacro %}

{# PostgreSQL reads hexadecimal digits as bits. #}
{% macro postgres__hash_number(text) -%}
    cast(cast('x' || substr(md5({{ text }}), 1, 8) as bit(32)) as bigint)
{%- endmacro %}
