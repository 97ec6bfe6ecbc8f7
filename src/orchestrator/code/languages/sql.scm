(create_table (keyword_table) . (object_reference) @name) @type
(create_view (keyword_view) . (object_reference) @name) @function
(create_materialized_view (keyword_view) . (object_reference) @name) @function
(create_function (keyword_function) . (object_reference) @name) @function
(create_procedure (keyword_procedure) . (object_reference) @name) @function
(create_trigger (keyword_trigger) . (object_reference) @name) @function
(create_index column: (identifier) @name) @function
(create_type (object_reference) @name) @function
(alter_table (object_reference) @name) @function
(column_definition name: (_) @name) @value
(program (statement [(select) (insert) (update) (delete)]) @part)
