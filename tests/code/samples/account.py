"""Accounts."""

import decimal

LIMIT = decimal.Decimal(1000)


class Account:
    """Money of one owner."""

    opened = 0

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.balance = decimal.Decimal(0)
        type(self).opened += 1

    @property
    def overdrawn(self) -> bool:
        """Whether more was taken than there was."""
        limit = self.balance
        return limit < 0

    # Money comes in.
    def deposit(self, amount: decimal.Decimal) -> None:
        if amount <= 0:
            raise ValueError("a deposit must be positive")

        self.balance += amount

    class Ledger:
        """What happened."""

        def entries(self) -> list[str]:
            found = []
            for entry in self.lines:
                found.append(str(entry))
            return found


async def transfer(source, target, amount):
    """Moves money."""

    def check():
        return source.balance >= amount

    if check():
        source.deposit(-amount)
        target.deposit(amount)
