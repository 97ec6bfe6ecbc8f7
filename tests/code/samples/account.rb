require 'bigdecimal'

module Bank
  # Money of one owner.
  class Account
    LIMIT = 1000

    def self.open(owner)
      account = new
      account.owner = owner
      account.balance = 0
      account
    end

    def deposit(amount)
      raise ArgumentError, 'a deposit must be positive' if amount <= 0

      @balance += amount
      @balance
    end
  end
end
