"""What personal data is (个人信息): the words that announce it and the numbers that are it."""
