use std::fmt;

const LIMIT: i64 = 1000;

/// Money of one owner.
#[derive(Debug)]
pub struct Account {
    owner: String,
    balance: i64,
}

impl Account {
    /// Money comes in.
    pub fn deposit(&mut self, amount: i64) -> Result<(), String> {
        if amount <= 0 {
            return Err("a deposit must be positive".into());
        }
        self.balance += amount;
        Ok(())
    }
}

pub trait Ledger {
    fn add(&mut self, entry: &str);
    fn count(&self) -> usize;
    fn last(&self) -> Option<&str>;
    fn clear(&mut self);
}

pub fn transfer(source: &mut Account, target: &mut Account, amount: i64) -> Result<(), String> {
    if source.balance < amount {
        return Err("too little".into());
    }
    source.balance -= amount;
    target.deposit(amount)
}
