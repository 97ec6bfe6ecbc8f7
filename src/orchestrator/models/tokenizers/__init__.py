"""The tokenizers, one file each: ``create() -> Tokenizer``. All of them work offline."""
