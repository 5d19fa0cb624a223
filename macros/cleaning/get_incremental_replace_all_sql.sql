{#-
    The incremental strategy of stg_activity_batches: the new rows take the place of all that were there, in one transaction.
    Its statement reads the old rows, and takes over those that it need not make anew.
-#}
{% macro get_incremental_replace_all_sql(arguments) -%}
    {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) -%}

    delete from {{ arguments['target_relation'] }};

    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arguments['temp_relation'] }}
{%- endmacro %}
