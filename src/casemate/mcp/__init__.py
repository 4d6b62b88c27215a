"""The Model Context Protocol: the operator's own permissions, budgets and ledger, offered to a client as tools."""
