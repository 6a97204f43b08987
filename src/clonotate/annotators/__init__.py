"""Those who click without a network: virtual experts with habits, and baselines."""
