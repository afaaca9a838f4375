"""What is asked of the data in advance (预先列明的问题): specifications, formulas, questions."""
