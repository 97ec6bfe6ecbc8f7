"""Parts of READ_PAGE: which addresses may be asked, the request itself, and the text of a page."""
