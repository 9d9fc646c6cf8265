"""How sharp: what becomes visible, how soon, and what is rightly left alone."""
