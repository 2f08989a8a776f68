"""Column and view formatting: JSON of somebody's making read into elements, and drawn as HTML that is safe to show."""
