"""What a browser sees of the stand-in: hosted checkout, 3-D Secure challenges, Stripe.js and its frame."""
