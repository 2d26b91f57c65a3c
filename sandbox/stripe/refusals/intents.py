"""PaymentIntents, SetupIntents, charges, refunds and disputes."""

from sandbox.stripe.refusals.row import INVALID, Refusal

REFUSALS: dict[str, Refusal] = {
    # --- payment and setup intents
    "intent_state_update": Refusal(
        400,
        INVALID,
        "payment_intent_unexpected_state",
        "This PaymentIntent could not be {verb} because it has a status of {status}.",
    ),
    "intent_state_confirm": Refusal(
        400,
        INVALID,
        "payment_intent_unexpected_state",
        "This PaymentIntent could not be {verb} because it has a status of {status}.",
    ),
    "intent_state_capture": Refusal(
        400,
        INVALID,
        "payment_intent_unexpected_state",
        "This PaymentIntent could not be {verb} because it has a status of {status}.",
    ),
    "intent_state_cancel": Refusal(
        400,
        INVALID,
        "payment_intent_unexpected_state",
        "This PaymentIntent could not be {verb} because it has a status of {status}.",
    ),
    "setup_intent_state_update": Refusal(
        400,
        INVALID,
        "setup_intent_unexpected_state",
        "This SetupIntent could not be {verb} because it has a status of {status}.",
    ),
    "setup_intent_state_confirm": Refusal(
        400,
        INVALID,
        "setup_intent_unexpected_state",
        "This SetupIntent could not be {verb} because it has a status of {status}.",
    ),
    "setup_intent_state_cancel": Refusal(
        400,
        INVALID,
        "setup_intent_unexpected_state",
        "This SetupIntent could not be {verb} because it has a status of {status}.",
    ),
    "intent_type_unsupported": Refusal(
        400, INVALID, None, "This sandbox takes no {type} payments, cards and US bank accounts only."
    ),
    "method_not_allowed": Refusal(
        400,
        INVALID,
        None,
        "The PaymentMethod provided ({type}) is not allowed for this intent. Please attach a "
        "PaymentMethod of one of the following types: {allowed}.",
    ),
    # --- bank debits
    "debit_currency": Refusal(
        400, INVALID, None, "us_bank_account takes payments in usd only, not in {currency}."
    ),
    "debit_capture_method": Refusal(
        400, INVALID, None, "us_bank_account cannot be used with a capture_method of manual."
    ),
    "deposits_not_offered": Refusal(
        400,
        INVALID,
        None,
        "This bank account is verified by a deposit, and only instant verification is taken here.",
    ),
    "deposits_not_awaited": Refusal(
        400, INVALID, None, "No deposit is waiting to be verified: the status is {status}."
    ),
    "deposit_code_missing": Refusal(
        400, INVALID, "parameter_missing", "This deposit is verified by its descriptor_code."
    ),
    "deposit_code_wrong": Refusal(
        400,
        INVALID,
        "payment_method_microdeposit_verification_descriptor_code_mismatch",
        "The descriptor code provided does not match the one that was sent to the bank account.",
    ),
    "deposit_tries_exceeded": Refusal(
        400,
        INVALID,
        "payment_method_microdeposit_verification_attempts_exceeded",
        "You have exceeded the number of allowed verification attempts.",
    ),
    "bank_account_unverified": Refusal(
        400,
        INVALID,
        "bank_account_unverified",
        "The bank account {id} has to be verified before it is saved.",
    ),
    "mandate_inactive": Refusal(
        400,
        INVALID,
        "payment_intent_mandate_invalid",
        "The mandate that was given for this bank account is inactive: collect a new one.",
    ),
    "mandate_online_missing": Refusal(400, INVALID, "parameter_missing", "Missing required param: {param}."),
    "mandate_missing": Refusal(
        400,
        INVALID,
        None,
        "This {thing} requires a mandate, but no existing mandate was found. Collect "
        "mandate acceptance from the customer and try again, providing acceptance data in mandate_data.",
    ),
    "bank_account_blocked": Refusal(
        400,
        INVALID,
        "payment_method_bank_account_blocked",
        "This bank account has failed in the past and is blocked: use another payment method.",
    ),
    "debit_not_processing": Refusal(400, INVALID, None, "No debit is being processed: it is {status}."),
    "cvc_token_needed": Refusal(
        400,
        INVALID,
        "parameter_missing",
        "This PaymentIntent wants the security code of a saved card again: pass it as {param}.",
    ),
    "cvc_token_spent": Refusal(
        400, INVALID, "token_already_used", "You cannot use a CVC token more than once, or after 15 minutes."
    ),
    "intent_needs_payment_method": Refusal(
        400,
        INVALID,
        None,
        "You cannot confirm this PaymentIntent because it's missing a payment method.",
    ),
    "setup_type_unsupported": Refusal(
        400, INVALID, None, "This sandbox saves no {type}, cards and US bank accounts only."
    ),
    "setup_intent_of_checkout": Refusal(
        400, INVALID, None, "This SetupIntent belongs to a Checkout Session, which alone may {verb} it."
    ),
    "setup_needs_payment_method": Refusal(
        400, INVALID, None, "You cannot confirm this SetupIntent because it's missing a payment method."
    ),
    "return_url_needed": Refusal(
        400,
        INVALID,
        None,
        "Some of the payment methods enabled might redirect your customer off your page: provide a "
        "return_url when confirming, or set automatic_payment_methods[allow_redirects] to never.",
    ),
    "off_session_without_confirm": Refusal(
        400, INVALID, None, "off_session can only be passed together with confirm=true."
    ),
    "off_session_saves_card": Refusal(
        400, INVALID, None, "You cannot set both off_session and setup_future_usage."
    ),
    "intent_of_checkout": Refusal(
        400, INVALID, None, "This PaymentIntent belongs to a Checkout Session, which alone may {verb} it."
    ),
    "capture_too_large": Refusal(
        400, INVALID, "amount_too_large", "Only {capturable} can be captured on this PaymentIntent."
    ),
    # --- charges, refunds, disputes
    "charges_are_made_by_intents": Refusal(
        400, INVALID, None, "This sandbox makes charges through PaymentIntents only."
    ),
    "refund_of_nothing": Refusal(400, INVALID, "parameter_missing", "Provide a charge or a payment_intent."),
    "refund_of_both": Refusal(
        400, INVALID, None, "Provide either a charge or a payment_intent, not another one's."
    ),
    "refund_without_charge": Refusal(
        400, INVALID, None, "This PaymentIntent ({id}) does not have a successful charge to refund."
    ),
    "refund_of_unpaid_charge": Refusal(
        400, INVALID, None, "Charge {id} was not captured and cannot be refunded."
    ),
    "refund_not_positive": Refusal(
        400, INVALID, "parameter_invalid_integer", "This value must be greater than or equal to 1."
    ),
    "charge_already_refunded": Refusal(
        400, INVALID, "charge_already_refunded", "Charge {id} has already been refunded."
    ),
    "refund_too_large": Refusal(
        400, INVALID, None, "Refund amount ({amount}) is greater than unrefunded amount on charge ({left})."
    ),
    "charge_disputed": Refusal(
        400, INVALID, "charge_disputed", "Charge {id} has been charged back; cannot issue a refund."
    ),
    "refund_not_cancelable": Refusal(
        400, INVALID, None, "Refund {id} cannot be canceled: only one that requires action can."
    ),
    "dispute_closed_to_evidence": Refusal(
        400, INVALID, None, "This dispute is closed ({status}): no more evidence."
    ),
    "dispute_closed": Refusal(400, INVALID, None, "This dispute is already closed ({status})."),
}
