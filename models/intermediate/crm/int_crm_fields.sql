-- One row per row of crm_fields.csv, its cells trimmed. A column that the file does not have is null.
{%- set loaded = loaded_columns(ref('crm_fields')) %}
{%- set names = loaded | map(attribute='name') | list %}
with

numbered as (

    select
        {%- for name in crm_field_columns() %}
        {% if name in names %}{{ adapter.quote(name) }}{% else %}cast(null as text){% endif %} as {{ name }}_cell,
        {%- endfor %}
        row_number() over (order by {{ row_position(column_texts(loaded)) }}) + 1 as row_number_in_file

    from {{ ref('crm_fields') }}

),

trimmed as (

    select
        {%- for name in crm_field_columns() %}
        {{ trim_text(name ~ '_cell') }} as {{ name }},
        {%- endfor %}
        cast(row_number_in_file as integer) as file_row

    from numbered

),

-- a row without any text is a blank line
final as (

    select
        {%- for name in crm_field_columns() %}
        {{ name }},
        {%- endfor %}
        file_row

    from trimmed

    where coalesce({{ crm_field_columns() | join(', ') }}) is not null

)

select * from final
