"""The blank workbook that a bureau is given to fill in (采集表)."""
