"""Score a pipeline, or other systems' output, against annotated corpora."""
