#include <string>

namespace bank {

// Money of one owner.
class Account {
public:
    explicit Account(std::string owner);
    void deposit(long amount);

    long balance() const
    {
        long sum = 0;
        for (auto entry : entries_)
            sum += entry;
        return sum;
    }
};

void Account::deposit(long amount)
{
    if (amount <= 0) {
        throw std::invalid_argument("a deposit must be positive");
    }
    entries_.push_back(amount);
}

template <typename T>
bool transfer(Account &source, Account &target, T amount)
{
    if (source.balance() < amount)
        return false;
    target.deposit(amount);
    return true;
}

}  // namespace bank
