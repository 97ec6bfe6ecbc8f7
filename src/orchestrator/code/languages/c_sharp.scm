(class_declaration name: (_) @name) @type
(struct_declaration name: (_) @name) @type
(interface_declaration name: (_) @name) @type
(record_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @type
(namespace_declaration name: (_) @name) @type
(method_declaration name: (_) @name) @function
(constructor_declaration name: (_) @name) @function
(local_function_statement name: (_) @name) @function
(delegate_declaration name: (_) @name) @function
(property_declaration name: (_) @name) @function
(field_declaration (variable_declaration (variable_declarator name: (_) @name))) @value
(enum_member_declaration name: (_) @name) @value
