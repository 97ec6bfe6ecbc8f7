"""The parts of READ_PAGE: which addresses are allowed, the request, and the text of a page."""
