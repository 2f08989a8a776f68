"""The pieces of a Word document: words, tables, styles and pages. `sync.report.docx` puts them together."""
