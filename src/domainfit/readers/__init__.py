"""One module a file format; each turns bytes into pieces of text with the place they came from."""
