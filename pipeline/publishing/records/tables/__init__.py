"""The tables beside a book (数据表), and the catalogue that says what is in them."""
