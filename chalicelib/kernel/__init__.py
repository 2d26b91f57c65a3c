"""What every room may use and what knows no other: money, dates, instants, errors."""
