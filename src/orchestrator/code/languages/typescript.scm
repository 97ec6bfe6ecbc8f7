; inherits: ecma
(abstract_class_declaration name: (_) @name) @type
(interface_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @type
(type_alias_declaration name: (_) @name) @function
(function_signature name: (_) @name) @function
(abstract_method_signature name: (_) @name) @value
(internal_module name: (_) @name) @type
(public_field_definition name: (_) @name value: [(arrow_function) (function_expression)]) @function
