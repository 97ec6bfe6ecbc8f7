"""The languages with a grammar: their file names, and a tree-sitter query for definitions. Knows no files or chunks.

A query captures ``@function`` (a leaf of the outline), ``@type`` (a definition that holds others) or ``@value`` (a
constant, a field), with its ``@name``. ``@scope`` is a name before it, such as a Go receiver. ``@part`` is a leaf
without a name. To add a language, add a row to ``LANGUAGES``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Parser, Query


@dataclass(frozen=True, slots=True)
class Language:
    """A language.

    Attributes:
        name: Its name.
        module: The Python package of its grammar.
        query: The tree-sitter query for its definitions.
        suffixes: The endings of its files.
        files: File names without an ending, such as ``rakefile``, in lower case.
        entry: The function in ``module`` that returns the grammar.
    """

    name: str
    module: str
    query: str
    suffixes: tuple[str, ...]
    files: tuple[str, ...] = ()
    entry: str = "language"


_PYTHON = """
(function_definition name: (_) @name) @function
(class_definition name: (_) @name) @type
(module (expression_statement (assignment left: (identifier) @name) @value))
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @value)))
"""
_JAVASCRIPT = """
(function_declaration name: (_) @name) @function
(generator_function_declaration name: (_) @name) @function
(class_declaration name: (_) @name) @type
(method_definition name: (_) @name) @function
(variable_declarator name: (identifier) @name value: [(arrow_function) (function_expression)]) @function
(variable_declarator name: (identifier) @name value: (class)) @type
(assignment_expression left: (identifier) @name right: [(arrow_function) (function_expression)]) @function
(assignment_expression left: (member_expression object: (_) @scope property: (_) @name)
  right: [(arrow_function) (function_expression)]) @function
(pair key: (property_identifier) @name value: [(arrow_function) (function_expression)]) @function
(program (lexical_declaration (variable_declarator name: (identifier) @name) @value))
(program (variable_declaration (variable_declarator name: (identifier) @name) @value))
(export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @value))
"""
_JAVASCRIPT_FIELD = """
(field_definition property: (_) @name value: [(arrow_function) (function_expression)]) @function
"""
_TYPESCRIPT = """
(abstract_class_declaration name: (_) @name) @type
(interface_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @type
(type_alias_declaration name: (_) @name) @function
(function_signature name: (_) @name) @function
(abstract_method_signature name: (_) @name) @value
(internal_module name: (_) @name) @type
(public_field_definition name: (_) @name value: [(arrow_function) (function_expression)]) @function
"""
_GO = """
(function_declaration name: (_) @name) @function
(method_declaration receiver: (parameter_list (parameter_declaration type: (_) @scope)) name: (_) @name) @function
(type_declaration (type_spec name: (_) @name)) @type
(type_declaration (type_alias name: (_) @name)) @type
(source_file (const_declaration (const_spec name: (_) @name) @value))
(source_file (var_declaration (var_spec name: (_) @name) @value))
(source_file (var_declaration (var_spec_list (var_spec name: (_) @name) @value)))
"""
_JAVA = """
(class_declaration name: (_) @name) @type
(interface_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @type
(record_declaration name: (_) @name) @type
(annotation_type_declaration name: (_) @name) @type
(method_declaration name: (_) @name) @function
(constructor_declaration name: (_) @name) @function
(compact_constructor_declaration name: (_) @name) @function
(field_declaration declarator: (variable_declarator name: (_) @name)) @value
(enum_constant name: (_) @name) @value
"""
_RUST = """
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
"""
_C = """
(function_definition declarator: (_) @name) @function
(struct_specifier name: (_) @name body: (_)) @type
(union_specifier name: (_) @name body: (_)) @type
(enum_specifier name: (_) @name body: (_)) @type
(type_definition declarator: (type_identifier) @name) @type
(preproc_function_def name: (_) @name) @function
(preproc_def name: (_) @name) @value
"""
_CPP = """
(class_specifier name: (_) @name body: (_)) @type
(namespace_definition name: (_) @name) @type
(concept_definition name: (_) @name) @function
(alias_declaration name: (_) @name) @value
"""
_C_SHARP = """
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
"""
_RUBY = """
(class name: (_) @name) @type
(module name: (_) @name) @type
(method name: (_) @name) @function
(singleton_method name: (_) @name) @function
(assignment left: (constant) @name) @value
(alias name: (_) @name) @value
"""
_PHP = """
(class_declaration name: (_) @name) @type
(interface_declaration name: (_) @name) @type
(trait_declaration name: (_) @name) @type
(enum_declaration name: (_) @name) @type
(function_definition name: (_) @name) @function
(method_declaration name: (_) @name) @function
(const_element (name) @name) @value
(property_element name: (_) @name) @value
"""
_BASH = """
(function_definition name: (_) @name) @function
(program (variable_assignment name: (_) @name) @value)
"""
_SQL = """
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
"""

LANGUAGES = (
    Language("python", "tree_sitter_python", _PYTHON, (".py", ".pyi", ".pyw")),
    Language("javascript", "tree_sitter_javascript", _JAVASCRIPT + _JAVASCRIPT_FIELD, (".js", ".mjs", ".cjs", ".jsx")),
    Language(
        "typescript",
        "tree_sitter_typescript",
        _JAVASCRIPT + _TYPESCRIPT,
        (".ts", ".mts", ".cts"),
        entry="language_typescript",
    ),
    Language("tsx", "tree_sitter_typescript", _JAVASCRIPT + _TYPESCRIPT, (".tsx",), entry="language_tsx"),
    Language("go", "tree_sitter_go", _GO, (".go",)),
    Language("java", "tree_sitter_java", _JAVA, (".java",)),
    Language("rust", "tree_sitter_rust", _RUST, (".rs",)),
    Language("c", "tree_sitter_c", _C, (".c",)),
    # A .h may be C or C++, and the grammar of C++ reads both.
    Language("cpp", "tree_sitter_cpp", _C + _CPP, (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".h", ".inl", ".ipp")),
    Language("c_sharp", "tree_sitter_c_sharp", _C_SHARP, (".cs",)),
    Language("ruby", "tree_sitter_ruby", _RUBY, (".rb", ".rake", ".gemspec"), ("rakefile", "gemfile")),
    Language("php", "tree_sitter_php", _PHP, (".php", ".phtml"), entry="language_php"),
    Language("bash", "tree_sitter_bash", _BASH, (".sh", ".bash", ".zsh", ".ksh")),
    Language("sql", "tree_sitter_sql", _SQL, (".sql", ".ddl", ".pgsql")),
)
_BY_SUFFIX = {suffix: language for language in LANGUAGES for suffix in language.suffixes}
_BY_FILE = {file: language for language in LANGUAGES for file in language.files}


def language_of(path: str) -> Language | None:
    """Return the language of a file by its name; None if there is no grammar for it."""
    name = PurePosixPath(path).name.lower()
    return _BY_FILE.get(name) or _BY_SUFFIX.get(PurePosixPath(name).suffix)


@cache
def grammar(language: Language) -> tuple[Parser, Query] | None:
    """Return a parser and the query for definitions; None if the grammar is not installed."""
    try:
        tree_sitter = import_module("tree_sitter")
        entry = getattr(import_module(language.module), language.entry)
    except ImportError:
        return None
    loaded = tree_sitter.Language(entry())
    return tree_sitter.Parser(loaded), tree_sitter.Query(loaded, language.query)
