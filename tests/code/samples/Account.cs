using System;

namespace Bank
{
    /// <summary>Money of one owner.</summary>
    public class Account
    {
        private long balance;

        public long Balance
        {
            get { return balance; }
            set
            {
                balance = value;
            }
        }

        public void Deposit(long amount)
        {
            if (amount <= 0)
            {
                throw new ArgumentException("a deposit must be positive");
            }
            balance += amount;
        }
    }
}
