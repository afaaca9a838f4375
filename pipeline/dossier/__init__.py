"""From result tables to sentences, tables and figures (卷宗)."""
