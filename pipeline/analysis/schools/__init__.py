"""What is judged school by school (学校): indicators, compliance, coefficients."""
