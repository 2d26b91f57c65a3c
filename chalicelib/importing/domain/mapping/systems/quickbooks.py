"""QuickBooks Online documents the lines of invoices. They are charges; neither payments nor balances."""

TEXT = """\
format = 1
name = "QuickBooks"
source = "qb"

[[tables]]
title = "Invoices"

[[tables.leave_out]]
when = [{ header = ["Item Amount", "Amount"], sign = "zero" }, { header = ["Item", "Product/Service"], filled = false }]
why = "a line of text"

[[tables.rows]]
kind = "charges"
when = [{ header = "Service Date", filled = true }]
charge_id = { made_of = ["client_id", "Invoice number", "date", "service"] }
client_id = { header = ["Customer", "Customer name"], join = "client" }
date = "Service Date"
service = ["Item", "Product/Service"]
clinician_id = { value = "$clinician" }
fee = ["Item Amount", "Amount"]
status = { value = "held" }

[[tables.rows]]
kind = "charges"
when = [{ header = "Service Date", filled = false }]
charge_id = { made_of = ["client_id", "Invoice number", "date", "service"] }
client_id = { header = ["Customer", "Customer name"], join = "client" }
date = "Invoice date"
service = ["Item", "Product/Service"]
clinician_id = { value = "$clinician" }
fee = ["Item Amount", "Amount"]
status = { value = "held" }
"""  # noqa: E501
