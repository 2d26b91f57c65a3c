"""Checkout Sessions and webhook endpoints."""

from sandbox.stripe.refusals.row import INVALID, Refusal

REFUSALS: dict[str, Refusal] = {
    # --- checkout
    "mode_missing": Refusal(400, INVALID, "parameter_missing", "Missing required param: mode."),
    "session_type_unsupported": Refusal(400, INVALID, None, "This sandbox takes no {type} in its sessions."),
    "setup_currency_missing": Refusal(
        400,
        INVALID,
        "parameter_missing",
        "In setup mode a currency is required where payment_method_types are not listed.",
    ),
    "mode_unsupported": Refusal(400, INVALID, None, "This sandbox has no {mode} sessions."),
    "ui_mode_unsupported": Refusal(400, INVALID, None, "This sandbox has no {ui_mode} sessions."),
    "success_url_missing": Refusal(
        400, INVALID, "parameter_missing", "success_url is required with ui_mode hosted_page."
    ),
    "url_not_for_ui_mode": Refusal(400, INVALID, None, "You cannot set {param} with ui_mode {ui_mode}."),
    "return_url_missing": Refusal(
        400, INVALID, "parameter_missing", "return_url is required with ui_mode elements."
    ),
    "line_items_missing": Refusal(
        400, INVALID, "parameter_missing", "line_items are required in payment mode."
    ),
    "line_items_in_setup": Refusal(400, INVALID, None, "line_items cannot be used in setup mode."),
    "line_items_mixed_currency": Refusal(400, INVALID, None, "All line items must have the same currency."),
    "line_item_price_missing": Refusal(
        400, INVALID, "parameter_missing", "This sandbox takes line items with price_data only."
    ),
    "line_item_product_missing": Refusal(
        400, INVALID, "parameter_missing", "This sandbox takes price_data with product_data only."
    ),
    "line_item_amount_missing": Refusal(
        400, INVALID, "parameter_missing", "This sandbox takes price_data with unit_amount only."
    ),
    "line_item_amount_negative": Refusal(400, INVALID, None, "unit_amount must not be negative."),
    "line_item_quantity": Refusal(400, INVALID, None, "The quantity must be between 1 and 999,999."),
    "data_of_other_mode": Refusal(400, INVALID, None, "You cannot set {param} in {mode} mode."),
    "expires_at_out_of_range": Refusal(
        400, INVALID, None, "expires_at must be between 30 minutes and 24 hours after creation."
    ),
    "customer_given_twice": Refusal(
        400, INVALID, None, "You may only specify one of customer and customer_email."
    ),
    "save_options_in_setup": Refusal(
        400, INVALID, None, "You cannot set saved_payment_method_options in setup mode."
    ),
    "save_asked_twice": Refusal(
        400,
        INVALID,
        None,
        "payment_method_save lets the payer decide what setup_future_usage has decided: set one of them.",
    ),
    "customer_creation_of_customer": Refusal(
        400, INVALID, None, "You cannot set customer_creation for a session with a customer."
    ),
    "customer_update_without_customer": Refusal(
        400, INVALID, None, "customer_update can only be set for a session with a customer."
    ),
    "billing_address_missing": Refusal(
        400,
        INVALID,
        "payment_method_billing_details_address_missing",
        "Your name and your whole billing address are needed.",
    ),
    "name_missing": Refusal(400, INVALID, None, "The name of the {who} is needed."),
    "terms_not_accepted": Refusal(402, INVALID, None, "The terms have to be accepted."),
    "save_needs_customer": Refusal(
        400, INVALID, None, "saved_payment_method_options can only be set for a session with a customer."
    ),
    "session_not_open_to_expire": Refusal(
        400,
        INVALID,
        None,
        "Only Checkout Sessions with a status of open can be {verb}; this one is {status}.",
    ),
    "session_not_open_to_confirm": Refusal(
        400,
        INVALID,
        None,
        "Only Checkout Sessions with a status of open can be {verb}; this one is {status}.",
    ),
    "save_not_enabled": Refusal(
        400,
        INVALID,
        None,
        "Enable saved_payment_method_options[payment_method_save] to save payment methods.",
    ),
    "saved_method_not_offered": Refusal(
        400, INVALID, None, "The payment method is not among this session's saved payment methods."
    ),
    "email_missing": Refusal(400, INVALID, None, "An email address is needed to complete this session."),
    "challenge_secret_invalid": Refusal(401, INVALID, None, "The client secret matches no {thing}."),
    "challenge_over": Refusal(400, INVALID, None, "Nothing is waiting for authentication here."),
    # --- webhook endpoints
    "endpoint_version_unsupported": Refusal(
        400, INVALID, None, "This sandbox sends events as {speaks} only."
    ),
    "endpoints_too_many": Refusal(
        400, INVALID, None, "You have reached the maximum of {most} test webhook endpoints."
    ),
    "endpoint_url_invalid": Refusal(400, INVALID, "url_invalid", "Invalid webhook URL: {value}"),
}
