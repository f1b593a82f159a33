"""Transformers, for those who have weights or a GPU: pre-trained, fine-tuned, exported, distilled."""
