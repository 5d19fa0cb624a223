{#-
    The incremental strategy of lead_score_history: takes the new rows into the table in the place of what the table said
    about the days that were looked at. Rows that began after the first of these days are made anew; rows that began before
    are replaced where they now end elsewhere. One transaction with the record of the days.
-#}
{% macro get_incremental_splice_days_sql(arguments) -%}
    {%- set target, source = arguments['target_relation'], arguments['temp_relation'] -%}
    {%- set columns = get_quoted_csv(arguments['dest_columns'] | map(attribute='name')) -%}
    {%- set history_days = ref('int_history_days') -%}

    delete from {{ target }}
    where
        valid_from <= (select max(observed_on) from {{ history_days }})
        and valid_from > (
            select coalesce(max(observed_on), cast('0001-01-01' as date))
            from {{ history_days }}
            where day_number = 1 and not is_to_record
        );

    delete from {{ target }}
    using {{ source }} as spliced
    where
        {{ target }}.lead_id = spliced.lead_id
        and {{ target }}.scoring_model = spliced.scoring_model
        and {{ target }}.valid_from = spliced.valid_from;

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ source }};

    update {{ target }}
    set segment_since = spliced.segment_since
    from {{ source }} as spliced
    where
        {{ target }}.lead_id = spliced.lead_id
        and {{ target }}.scoring_model = spliced.scoring_model
        and {{ target }}.valid_from > (select max(observed_on) from {{ history_days }})
        and spliced.valid_from <= (select max(observed_on) from {{ history_days }})
        and spliced.valid_to >= (select max(observed_on) from {{ history_days }})
        and {{ target }}.segment_since > spliced.segment_since
        and {{ target }}.segment_since <= (select max(observed_on) from {{ history_days }})
{%- endmacro %}
