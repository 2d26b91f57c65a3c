"""Quotes, paying, settling, refunds, disputes, and the processors behind them."""
