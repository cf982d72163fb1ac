"""How a model reads prompts: weights of words, its vocabulary, and its token limit."""
