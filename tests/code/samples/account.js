'use strict'

const LIMIT = 1000

class Account {
  #owner
  constructor (owner) {
    this.#owner = owner
    this.balance = 0
    this.opened = Date.now()
  }

  /** Money comes in. */
  deposit (amount) {
    if (amount <= 0) {
      throw new RangeError('a deposit must be positive')
    }
    this.balance += amount
  }
}

const transfer = async (source, target, amount) => {
  if (source.balance >= amount) {
    source.deposit(-amount)
    target.deposit(amount)
  }
}

exports.close = function close (account) {
  account.deposit(-account.balance)
  account.closed = true
  return account
}

function * settle (accounts) {
  for (const account of accounts) {
    yield account.balance
  }
}
