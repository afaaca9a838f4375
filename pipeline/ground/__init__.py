"""What everything stands on (底层): faults, exact numbers, words and tables, fonts, hand-over."""
