"""From rows to schools (学校): identity, stage sections, splitting, scope, size."""
