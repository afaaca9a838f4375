"""What there is, printed (清单): the definitions, the data dictionary, the page of the library."""
