"""Who asks, and the shape of what is asked."""

from sandbox.stripe.refusals.row import INVALID, Refusal

REFUSALS: dict[str, Refusal] = {
    # --- who asks, and how
    "api_key_missing": Refusal(
        401, INVALID, None, "You did not provide an API key. Send it as Bearer or Basic."
    ),
    "api_key_invalid": Refusal(401, INVALID, None, "Invalid API Key provided: {key}"),
    "api_key_live": Refusal(401, INVALID, None, "A live key must never reach the sandbox: {key}"),
    "api_key_publishable": Refusal(
        401, INVALID, "secret_key_required", "This API call cannot be made with a publishable API key."
    ),
    "client_key_invalid": Refusal(401, INVALID, None, "A client call needs a publishable key, not: {key}"),
    "client_secret_invalid": Refusal(401, INVALID, None, "The client secret matches no {thing} of this key."),
    "right_missing": Refusal(
        403,
        INVALID,
        "more_permissions_required",
        "The provided key '{key}' does not have the required permissions for this endpoint on account "
        "'{account}'. Having the '{right}' permission would allow this request to continue.",
    ),
    "version_unsupported": Refusal(
        400, INVALID, None, "This sandbox answers as {speaks} and was asked for {asked}: pin stripe_version."
    ),
    "url_unknown": Refusal(404, INVALID, None, "Unrecognized request URL ({method}: {path})."),
    "content_type_unsupported": Refusal(
        400, INVALID, None, "Send application/x-www-form-urlencoded, not {content_type}."
    ),
    "body_not_utf8": Refusal(400, INVALID, None, "The request is not valid UTF-8."),
    "idempotency_key_too_long": Refusal(400, INVALID, None, "Idempotency keys have at most 255 characters."),
    "idempotency_other_request": Refusal(
        400,
        "idempotency_error",
        None,
        "Keys for idempotent requests can only be used with the same endpoint and parameters they were "
        "first used with: '{key}'.",
    ),
    "idempotency_in_use": Refusal(
        409, "idempotency_error", "idempotency_key_in_use", "Another request with the key '{key}' is running."
    ),
    # --- shape of parameters
    "parameter_unknown": Refusal(400, INVALID, "parameter_unknown", "Received unknown parameter: {param}"),
    "parameter_unsupported": Refusal(
        400, INVALID, "parameter_unknown", "Stripe knows {param}, but this sandbox does not act on it."
    ),
    "parameter_missing": Refusal(400, INVALID, "parameter_missing", "Missing required param: {param}."),
    "parameter_invalid_integer": Refusal(
        400, INVALID, "parameter_invalid_integer", "Invalid integer: {value}"
    ),
    "parameter_invalid_boolean": Refusal(400, INVALID, None, "Invalid boolean: {value}"),
    "parameter_invalid_empty": Refusal(
        400, INVALID, "parameter_invalid_empty", "You passed an empty string for '{param}'."
    ),
    "parameter_too_long": Refusal(
        400, INVALID, None, "Invalid string: '{param}' must be at most {limit} characters."
    ),
    "parameter_not_a_choice": Refusal(400, INVALID, None, "Invalid {param}: must be one of {choices}."),
    "parameter_not_an_object": Refusal(400, INVALID, None, "Invalid object: {param}"),
    "parameter_not_an_array": Refusal(400, INVALID, None, "Invalid array: {param}"),
    "parameter_not_a_string": Refusal(400, INVALID, None, "Invalid string: {param}"),
    "metadata_too_many": Refusal(400, INVALID, None, "Metadata can have at most 50 keys."),
    "metadata_key_too_long": Refusal(
        400, INVALID, None, "Metadata keys can have up to 40 characters, without square brackets."
    ),
    "metadata_value_too_long": Refusal(400, INVALID, None, "Metadata values can have up to 500 characters."),
    "url_invalid": Refusal(400, INVALID, "url_invalid", "Not a valid URL: {value}"),
    "email_invalid": Refusal(400, INVALID, "email_invalid", "Invalid email address: {value}"),
    "limit_out_of_range": Refusal(400, INVALID, None, "limit must be between 1 and 100."),
    "paging_both_ways": Refusal(
        400, INVALID, None, "You cannot parameterize both starting_after and ending_before."
    ),
    "event_types_both_ways": Refusal(400, INVALID, None, "Pass either type or types, not both."),
    "event_types_too_many": Refusal(400, INVALID, None, "types takes up to 20 event names."),
    "expand_too_deep": Refusal(400, INVALID, None, "You cannot expand more than 4 levels of a property."),
    "expand_impossible": Refusal(400, INVALID, None, "This property cannot be expanded ({path})."),
    "cursor_missing": Refusal(400, INVALID, "resource_missing", "No such object to page from: '{id}'"),
    "resource_missing": Refusal(404, INVALID, "resource_missing", "No such {thing}: '{id}'"),
}
