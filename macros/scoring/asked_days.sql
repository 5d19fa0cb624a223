{#-
    The past days that this run is asked for, from the vars `<purpose>_from`, `<purpose>_to` and `<purpose>_every`: the `first`
    one as SQL, their `count`, and how many days lie between them (`every`). None when the vars are empty.
-#}
{% macro asked_days(purpose) -%}
    {%- set first = var(purpose ~ '_from', '') | string -%}
    {%- set last = var(purpose ~ '_to', '') | string -%}
    {%- if not first and not last -%}
        {{ return({'first': "cast('0001-01-01' as date)", 'count': 0, 'every': 1}) }}
    {%- endif -%}
    {%- set every = var(purpose ~ '_every', 1) | int(0) -%}
    {%- set form = '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' -%}
    {%- if not modules.re.match(form, first) or not modules.re.match(form, last) or every < 1 or first > last -%}
        {{ exceptions.raise_compiler_error(
            'The vars ' ~ purpose ~ '_from, ' ~ purpose ~ '_to and ' ~ purpose ~ '_every are "' ~ first ~ '", "' ~ last
            ~ '" and "' ~ every ~ '". They must be two days written YYYY-MM-DD, the earlier one first, and a whole number '
            ~ 'of days from 1 up.'
        ) }}
    {%- endif -%}
    {%- set day = modules.datetime.datetime.strptime -%}
    {%- set days = (day(last, '%Y-%m-%d') - day(first, '%Y-%m-%d')).days -%}
    {{ return({'first': "cast('" ~ first ~ "' as date)", 'count': days // every + 1, 'every': every}) }}
{%- endmacro %}
