-- One row per raw row of leads, cleaned and typed; rejection_code is null on the one row per lead that is used.
{%- set columns = raw_columns(source('crm', 'leads'), ['lead_id', 'created_at']) %}
{%- set further_columns = further_lead_columns(columns) %}
{%- set plain_text_columns = [
    'first_name', 'last_name', 'phone', 'job_title', 'company_name', 'industry', 'country', 'region', 'lead_source',
    'campaign_id', 'owner_id'
] %}
with

raw_leads as (

    select
        {{ raw_text(columns, 'lead_id') }} as lead_id,
        {{ raw_value(columns, 'created_at') }} as created_at,
        {{ raw_value(columns, 'updated_at') }} as updated_at,
        {{ lower_case(raw_text(columns, 'email')) }} as email,
        {%- for column in plain_text_columns %}
        {{ raw_text(columns, column) }} as {{ column }},
        {%- endfor %}
        {{ raw_text(columns, 'employee_count') }} as employee_count_text,
        {{ raw_text(columns, 'annual_revenue') }} as annual_revenue_text,
        {{ raw_text(columns, 'is_deleted') }} as is_deleted_text,
        {%- for column in further_columns %}
        {{ raw_text(columns, column | lower) }} as {{ adapter.quote(column) }},
        {%- endfor %}
        {{ raw_text(columns, 'objects_to_profiling') }} as objects_to_profiling_text

    {{ from_raw(source('crm', 'leads'), columns) }}

),

typed as (

    select
        lead_id,
        {{ raw_timestamp(columns, 'created_at') }} as created_at,
        email,
        {%- for column in plain_text_columns %}
        {{ column }},
        {%- endfor %}
        {{ read_number('employee_count_text') }} as employee_count,
        {{ read_number('annual_revenue_text') }} as annual_revenue,
        {{ raw_timestamp(columns, 'updated_at') }} as updated_at,
        {{ read_boolean('is_deleted_text') }} as is_deleted,
        {{ read_boolean('objects_to_profiling_text') }} as objects_to_profiling,
        {{ raw_value_text(columns, 'created_at') }} as created_at_text,
        {{ raw_value_text(columns, 'updated_at') }} as updated_at_text,
        employee_count_text,
        annual_revenue_text,
        is_deleted_text,
        {%- for column in further_columns %}
        {{ adapter.quote(column) }},
        {%- endfor %}
        objects_to_profiling_text

    from raw_leads

),

judged as {{ kept_step() }} (

    select
        *,
        case
            when lead_id is null then 'missing_id'
            when created_at is null then 'invalid_timestamp'
        end as row_fault

    from typed

),

repeated_ids as (

    select lead_id

    from judged

    where row_fault is null

    group by lead_id

    having count(*) > 1

),

-- among the usable rows of a lead the latest wins; the contents break ties, so that row order plays no part. Sorting costs
-- most, so that it is kept to leads with several rows
repeated as {{ kept_step() }} (

    select
        *,
        row_number() over (
            partition by lead_id
            order by
                updated_at desc nulls last,
                created_at asc,
                {%- for column in lead_columns() if column not in ['created_at', 'updated_at'] %}
                {%- set text = column ~ '_text' if column not in plain_text_columns + ['email'] else column %}
                {{ byte_order(text) }} asc nulls last,
                {%- endfor %}
                {%- for column in further_columns %}
                {{ byte_order(adapter.quote(column)) }} asc nulls last,
                {%- endfor %}
                {{ byte_order('updated_at_text') }} asc nulls last
        ) as lead_row_rank

    from judged

    where
        row_fault is null
        and lead_id in (select repeated_ids.lead_id from repeated_ids)

),

ranked as (

    select * from repeated

    union all

    select
        *,
        1 as lead_row_rank

    from judged

    where
        row_fault is not null
        or lead_id not in (select repeated_ids.lead_id from repeated_ids)

),

-- the row that is used decides; where none can be used, any row that says so is believed
forgotten_leads as (

    select lead_id

    from repeated

    where
        lead_row_rank = 1
        and (is_deleted or objects_to_profiling)

    union

    select forgotten.lead_id

    from judged as forgotten

    left join repeated_ids
        on forgotten.lead_id = repeated_ids.lead_id

    left join judged as usable
        on forgotten.lead_id = usable.lead_id
        and usable.row_fault is null

    where
        (forgotten.is_deleted or forgotten.objects_to_profiling)
        and forgotten.lead_id is not null
        and repeated_ids.lead_id is null
        and (forgotten.row_fault is null or usable.lead_id is null)

),

withheld as (

    select
        ranked.*,
        forgotten_leads.lead_id is not null
        or (ranked.lead_id is null and (ranked.is_deleted or ranked.objects_to_profiling)) as is_withheld

    from ranked

    left join forgotten_leads
        on ranked.lead_id = forgotten_leads.lead_id

),

-- of a forgotten lead nothing is kept but its key, and the hash by which its activities are found
final as (

    select
        lead_id,
        created_at,
        {%- for column in ['email'] + plain_text_columns %}
        case when not is_withheld then {{ column }} end as {{ column }},
        {%- endfor %}
        {%- for column in ['employee_count', 'annual_revenue'] %}
        cast(case when not is_withheld then {{ column }} end as numeric(38, 10)) as {{ column }},
        {%- endfor %}
        updated_at,
        is_deleted,
        objects_to_profiling,
        is_deleted or objects_to_profiling as is_forgotten,
        is_withheld,
        md5(email) as email_hash,
        {%- for column in ['created_at_text', 'updated_at_text', 'employee_count_text', 'annual_revenue_text'] %}
        case when not is_withheld then {{ column }} end as {{ column }},
        {%- endfor %}
        is_deleted_text,
        objects_to_profiling_text,
        {%- for column in further_columns %}
        case when not is_withheld then {{ adapter.quote(column) }} end as {{ adapter.quote(column) }},
        {%- endfor %}
        coalesce(row_fault, case when lead_row_rank > 1 then 'duplicate' end) as rejection_code

    from withheld

)

select * from final
