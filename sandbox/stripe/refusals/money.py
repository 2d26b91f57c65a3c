"""Amounts, customers, payment methods and cards."""

from sandbox.stripe.refusals.row import INVALID, Refusal

REFUSALS: dict[str, Refusal] = {
    # --- money
    "currency_unsupported": Refusal(400, INVALID, None, "Invalid currency: {currency}."),
    "amount_too_small": Refusal(
        400, INVALID, "amount_too_small", "Amount must be at least {minimum} {currency} (minor units)."
    ),
    "amount_too_large": Refusal(
        400, INVALID, "amount_too_large", "Amount must be no more than {maximum} {currency} (minor units)."
    ),
    "amount_not_rounded": Refusal(
        400, INVALID, None, "Amounts in {currency} have three decimals, of which the last must be 0."
    ),
    "statement_descriptor_suffix_invalid": Refusal(
        400,
        INVALID,
        None,
        "The statement descriptor suffix has 1-22 Latin characters, a letter, none of < > \\ ' \" *.",
    ),
    "statement_descriptor_on_cards": Refusal(
        400,
        INVALID,
        None,
        "The statement_descriptor parameter is not supported for the card payment method type. "
        "Set statement_descriptor_suffix instead.",
    ),
    # --- customers and payment methods
    "raw_card_data": Refusal(
        402, INVALID, None, "Sending credit card numbers directly to the Stripe API is generally unsafe."
    ),
    "payment_method_type_unsupported": Refusal(400, INVALID, None, "This sandbox has no {type} payments."),
    "payment_method_details_missing": Refusal(
        400, INVALID, "parameter_missing", "A card payment method needs card[token]."
    ),
    "payment_method_attached_elsewhere": Refusal(
        400, INVALID, None, "The payment method you provided has already been attached to a customer."
    ),
    "token_missing": Refusal(400, INVALID, "resource_missing", "No such token: '{id}'"),
    "attach_without_customer": Refusal(
        400, INVALID, "parameter_missing", "Missing required param: customer."
    ),
    "payment_method_update_unattached": Refusal(
        400, INVALID, None, "You must save this PaymentMethod to a customer before you can update it."
    ),
    "payment_method_not_of_customer": Refusal(
        404, INVALID, "resource_missing", "No such PaymentMethod: '{id}'"
    ),
    "payment_method_spent": Refusal(
        400,
        INVALID,
        None,
        "This PaymentMethod was previously used without being attached to a Customer or was detached from "
        "a Customer, and may not be used again.",
    ),
    "payment_method_not_attached": Refusal(
        400,
        INVALID,
        None,
        "The payment method you provided is not attached to a customer so detachment is impossible.",
    ),
    "payment_method_of_other_customer": Refusal(
        400, INVALID, None, "The PaymentMethod {id} does not belong to the Customer you supplied."
    ),
    "payment_method_needs_customer": Refusal(
        400,
        INVALID,
        None,
        "The PaymentMethod {id} belongs to a Customer. Please include it as `customer`.",
    ),
    "default_payment_method_not_attached": Refusal(
        400, INVALID, "resource_missing", "No such PaymentMethod attached to the customer: '{id}'"
    ),
    "details_of_another_type": Refusal(
        400, INVALID, None, "You cannot set {param} on a PaymentMethod of type {type}."
    ),
    "expiry_impossible": Refusal(400, INVALID, "invalid_expiry_month", "No card expires in that month."),
    "card_refused": Refusal(402, "card_error", "card_declined", "{message}"),
    # --- cards as typed by the payer
    "card_number_incorrect": Refusal(402, "card_error", "incorrect_number", "Your card number is incorrect."),
    "card_expiry_invalid": Refusal(
        402, "card_error", "invalid_expiry_year", "Your card's expiration is in the past."
    ),
    "card_cvc_invalid": Refusal(402, "card_error", "invalid_cvc", "Your card's security code is invalid."),
    "cvc_invalid": Refusal(402, "card_error", "invalid_cvc", "Your card's security code is invalid."),
    "domain_invalid": Refusal(400, INVALID, "url_invalid", "No domain that wallets can be shown on: {name}"),
    "wallet_not_offered": Refusal(400, INVALID, None, "{wallet} is not switched on for this account."),
    # --- bank accounts as typed by the payer
    "bank_routing_number_invalid": Refusal(
        402, "card_error", "routing_number_invalid", "The routing number is not one of a US bank."
    ),
    "bank_account_number_invalid": Refusal(
        402, "card_error", "account_number_invalid", "The account number has 4 to 17 digits."
    ),
    "bank_holder_missing": Refusal(
        402, "card_error", "parameter_missing", "The name on the account is missing."
    ),
    "bank_not_a_test_account": Refusal(
        402, "card_error", "bank_account_unusable", "This sandbox takes Stripe's test bank accounts only."
    ),
    "card_not_a_test_card": Refusal(
        402, "card_error", "card_declined", "Your card was declined. This sandbox takes test cards only."
    ),
}
