"""Words about models and peers that several chapters share (模型的文字)."""
