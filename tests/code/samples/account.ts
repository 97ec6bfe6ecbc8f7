import { now } from './clock'

export type Currency =
  | 'EUR'
  | 'USD'
  | 'GBP'
  | 'JPY'

export interface Ledger {
  readonly entries: string[]
  add(entry: string): void
  count(): number
  last(): string | undefined
}

export abstract class Account<T extends Currency> {
  balance = 0
  constructor(private readonly owner: string, readonly currency: T) {}

  // Money comes in.
  deposit(amount: number): void {
    if (amount <= 0) {
      throw new RangeError('a deposit must be positive')
    }
    this.balance += amount
  }
}

export const transfer = <T extends Currency>(source: Account<T>, target: Account<T>, amount: number) => {
  if (source.balance >= amount) {
    source.deposit(-amount)
    target.deposit(amount)
  }
}
