(function_definition name: (_) @name) @function
(class_definition name: (_) @name) @type
(module (expression_statement (assignment left: (identifier) @name) @value))
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @value)))
