<?php
namespace Bank;

/** Money of one owner. */
class Account
{
    const LIMIT = 1000;
    private int $balance = 0;

    public function deposit(int $amount): void
    {
        if ($amount <= 0) {
            throw new \InvalidArgumentException('a deposit must be positive');
        }
        $this->balance += $amount;
    }
}

function transfer(Account $source, Account $target, int $amount): bool
{
    $source->withdraw($amount);
    $target->deposit($amount);
    return true;
}
