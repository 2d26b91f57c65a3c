"""SimplePractice documents a list of payments, a list of outstanding balances and a list of clients.

No export of it has sessions with their fees: what was owed comes as an opening balance.
"""

TEXT = """\
format = 1
name = "SimplePractice"
source = "sp"

[[tables]]
title = "Clients"

[[tables.rows]]
kind = "clients"
client_id = { parts = ["Legal first name", "Legal last name"], join = "client" }
name = { parts = ["Legal first name", "Legal last name"] }
preferred_name = { header = ["Preferred name", "Goes by"], optional = true }
email = { header = ["Email", "Email address"], optional = true }
birth_date = { header = ["Date of birth", "Birth date", "DOB"], optional = true }
address = { header = "Address", optional = true }

[[tables]]
title = "Outstanding balances"

[[tables.leave_out]]
when = [{ header = "Client", is = ["total*", "grand total*"] }, { header = "Clinician", filled = false }]
why = "totals"

[[tables.rows]]
kind = "opening_balances"
sums = "amount"
client_id = { header = "Client", join = "client" }
date = { value = "$as_of" }
amount = "Client balance"

[[tables]]
title = "Payments"

[[tables.leave_out]]
when = [{ header = "Type", is = ["insurance*", "insurer*"] }]
why = "an insurer's payment, which does not say what it was for"

[[tables.leave_out]]
when = [{ header = "Amount", sign = "zero" }]
why = "no money"

[[tables.rows]]
kind = "payments"
when = [{ header = "Type", is_not = "*refund*" }, { header = "Amount", sign = "plus" }]
payment_id = { made_of = ["client_id", "date", "method"] }
client_id = { header = "Client", join = "client" }
date = "Date"
amount = "Amount"
method = "Type"

[[tables.rows]]
kind = "refunds"
when = [{ header = "Type", is = "*refund*" }]
refund_id = { made_of = ["client_id", "date"] }
client_id = { header = "Client", join = "client" }
payment_id = { join = "refunded" }
date = "Date"
amount = { header = "Amount", amount = "positive" }

[[tables.rows]]
kind = "refunds"
when = [{ header = "Type", is_not = "*refund*" }, { header = "Amount", sign = "minus" }]
refund_id = { made_of = ["client_id", "date"] }
client_id = { header = "Client", join = "client" }
payment_id = { join = "refunded" }
date = "Date"
amount = { header = "Amount", amount = "positive" }
"""
