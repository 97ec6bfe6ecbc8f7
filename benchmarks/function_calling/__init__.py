"""Function calling on the Berkeley benchmark (BFCL): this library and others, on the same served model."""
