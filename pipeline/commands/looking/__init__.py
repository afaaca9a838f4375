"""Commands that look and write nothing (只看不写): what came in, what there is."""
