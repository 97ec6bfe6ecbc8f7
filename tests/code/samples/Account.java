package bank;

/** Money of one owner. */
public class Account {
    private static final int LIMIT = 1000;
    private int balance;

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(balance);
        return text.toString();
    }

    public void deposit(int amount) {
        if (amount <= 0) {
            throw new IllegalArgumentException("a deposit must be positive");
        }
        balance += amount;
    }

    interface Ledger {
        void add(String entry);
        int count();
        String last();
        boolean isEmpty();
    }
}
