(function_item name: (_) @name) @function
(function_signature_item name: (_) @name) @function
(macro_definition name: (_) @name) @function
(struct_item name: (_) @name) @type
(enum_item name: (_) @name) @type
(union_item name: (_) @name) @type
(trait_item name: (_) @name) @type
(impl_item type: (_) @name) @type
(mod_item name: (_) @name body: (_)) @type
(type_item name: (_) @name) @value
(const_item name: (_) @name) @value
(static_item name: (_) @name) @value
