{#- The statement that removes the leads that are no longer there from those that activities have been held against. -#}
{% macro forget_vanished_leads() -%}
    {%- set known_leads = ref('int_known_leads') -%}
    delete from {{ known_leads }}
    where
        not exists (
            select 1

            from {{ ref('stg_leads') }} as leads

            where
                leads.lead_id = {{ known_leads }}.lead_id
                and leads.rejection_code is null
        )
{%- endmacro %}
