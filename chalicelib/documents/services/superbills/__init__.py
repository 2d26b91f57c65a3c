"""Superbills: drafted, issued, shown, drawn and told of."""
