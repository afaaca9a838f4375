"""A batch of counties (批次): planned, shared out among hands, published, put on record."""
