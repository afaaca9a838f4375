"""Rules as data (规则即数据): indicators, standards, forms, read strictly from `data/`."""
