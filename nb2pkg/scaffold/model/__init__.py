"""From rows to answers: the pipeline, training, evaluation, prediction."""
