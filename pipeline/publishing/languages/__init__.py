"""Editions in another language (外文版): what is translated, and by which words, is data."""
