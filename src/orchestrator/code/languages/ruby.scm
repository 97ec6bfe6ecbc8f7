(class name: (_) @name) @type
(module name: (_) @name) @type
(method name: (_) @name) @function
(singleton_method name: (_) @name) @function
(assignment left: (constant) @name) @value
(alias name: (_) @name) @value
