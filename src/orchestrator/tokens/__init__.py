"""How tokenizers see a text: the numbers that a model gets in the place of letters. One file a vocabulary."""
