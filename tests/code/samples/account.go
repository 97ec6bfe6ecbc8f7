package bank

import "errors"

const Limit = 1000

// Account is the money of one owner.
type Account struct {
	Owner   string
	Balance int
	Open    bool
}

// Deposit puts money in.
func (a *Account) Deposit(amount int) error {
	if amount <= 0 {
		return errors.New("a deposit must be positive")
	}
	a.Balance += amount
	return nil
}

func Transfer(source, target *Account, amount int) error {
	if source.Balance < amount {
		return errors.New("too little")
	}
	source.Balance -= amount
	return target.Deposit(amount)
}
