"""Line items of Checkout Sessions, made from price_data."""

from sandbox.stripe import money
from sandbox.stripe.errors import Json, refuse
from sandbox.stripe.params import only
from sandbox.stripe.scope import PREFIXES, Scope, random_text


def build(scope: Scope, params: Json) -> list[Json]:
    """One `item` object per line, in one currency."""
    lines = params.get("line_items", [])
    if not lines:
        raise refuse("line_items_missing", param="line_items")
    items = [_item(scope, line, place) for place, line in enumerate(lines)]
    if len({item["currency"] for item in items}) > 1:
        raise refuse("line_items_mixed_currency", param="line_items")
    return items


def check_total(total: int, currency: str) -> None:
    money.check_amount(total, currency, param="line_items")


def _item(scope: Scope, line: Json, place: int) -> Json:
    at = f"line_items[{place}]"
    only(line, "price_data", "quantity", "metadata")
    if "price_data" not in line:
        raise refuse("line_item_price_missing", param=f"{at}[price_data]")
    price_data = line["price_data"]
    only(price_data, "currency", "product_data", "unit_amount")
    if "product_data" not in price_data:
        raise refuse("line_item_product_missing", param=f"{at}[price_data][product_data]")
    if "unit_amount" not in price_data:
        raise refuse("line_item_amount_missing", param=f"{at}[price_data][unit_amount]")
    quantity, amount = line.get("quantity", 1), price_data["unit_amount"]
    if amount < 0:
        raise refuse("line_item_amount_negative", param=f"{at}[price_data][unit_amount]")
    if not 1 <= quantity <= 999_999:
        raise refuse("line_item_quantity", param=f"{at}[quantity]")
    return _built(scope, price_data, quantity, line.get("metadata", {}))


def _built(scope: Scope, price_data: Json, quantity: int, metadata: Json) -> Json:
    product, currency = price_data["product_data"], money.check_currency(price_data["currency"])
    only(product, "name", "description", "metadata")
    total = price_data["unit_amount"] * quantity
    return scope.new(
        "item",
        amount_discount=0,
        amount_subtotal=total,
        amount_tax=0,
        amount_total=total,
        currency=currency,
        description=product["name"],
        discounts=[],
        metadata=metadata,
        price=_price(scope, price_data["unit_amount"], currency),
        quantity=quantity,
        taxes=[],
    )


def _price(scope: Scope, amount: int, currency: str) -> Json:
    return scope.new(
        "price",
        active=False,
        billing_scheme="per_unit",
        currency=currency,
        metadata={},
        product=PREFIXES["product"] + random_text(14),
        tax_behavior="unspecified",
        type="one_time",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
    )
