"""TheraNest documents its payroll report: a line for each payment, with the session that it was for.

Sessions that nobody has paid anything for are not in it, nor is what an insurer's contract writes off.
"""

TEXT = """\
format = 1
name = "TheraNest"
source = "tn"

[[tables]]
title = "Payroll"

[[tables.rows]]
kind = "charges"
when = [{ header = "Date of Service", filled = true }]
once = true
charge_id = { made_of = ["client_id", "date", "cpt", "clinician_id", "Session"] }
client_id = { header = "Client", join = "client" }
date = "Date of Service"
service = { header = "Service", else = "Session" }
clinician_id = { header = "Staff", join = "clinician" }
fee = "Rate"
cpt = { header = "CPT Code", else = "" }

[[tables.rows]]
kind = "payments"
when = [{ header = "Payment Method", is_not = "insurance*" }, { header = "Amount", sign = "plus" }]
payment_id = { made_of = ["client_id", "Payment Number", "date", "Date of Service", "CPT Code", "Session"] }
client_id = { header = "Client", join = "client" }
date = "Payment Date"
amount = "Amount"
method = { header = "Payment Method", words = { "Credit/Debit Card" = "card" }, else = "other" }
charge_ids = { row = "charges" }

[[tables.rows]]
kind = "refunds"
when = [{ header = "Payment Method", is_not = "insurance*" }, { header = "Amount", sign = "minus" }]
refund_id = { made_of = ["client_id", "Payment Number", "date", "Date of Service", "CPT Code", "Session"] }
client_id = { header = "Client", join = "client" }
payment_id = { join = "refunded" }
date = "Payment Date"
amount = { header = "Amount", amount = "positive" }

[[tables.rows]]
kind = "insurance_payments"
when = [{ header = "Payment Method", is = "insurance*" }]
insurance_payment_id = { made_of = ["client_id", "Payment Number", "date", "Date of Service", "CPT Code", "Session"] }
client_id = { header = "Client", join = "client" }
charge_id = { row = "charges" }
date = "Payment Date"
paid = "Amount"
above_expected = { value = "yes" }
"""  # noqa: E501
