{#-
    The seed's node of a rule file: its columns and their meta say what the file may hold. Found by name, because the rules
    may be read from another folder than seeds/.
-#}
{% macro rule_file_spec(rule_file) -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'seed' and node.name == rule_file -%}
        {{ return(node) }}
    {%- endfor -%}
{%- endmacro %}
