(function_definition name: (_) @name) @function
(program (variable_assignment name: (_) @name) @value)
