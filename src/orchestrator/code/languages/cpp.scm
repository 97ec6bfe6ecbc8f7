; inherits: c
(class_specifier name: (_) @name body: (_)) @type
(namespace_definition name: (_) @name) @type
(concept_definition name: (_) @name) @function
(alias_declaration name: (_) @name) @value
