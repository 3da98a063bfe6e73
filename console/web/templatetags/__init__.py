"""What templates can say: words, texts of data, numbers and dates, each in the language of the page."""
