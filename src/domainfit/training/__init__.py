"""From labelled text to a model: the corpus, the training steps, the bundle."""
