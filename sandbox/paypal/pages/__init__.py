"""What a payer sees of PayPal: the page where a payment is approved."""
