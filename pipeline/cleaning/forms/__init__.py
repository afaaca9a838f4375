"""From cells to rows of typed values (填报表): headers, grammar, the blank form."""
