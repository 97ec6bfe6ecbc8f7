#include <stdlib.h>

#define LIMIT 1000

/* Money of one owner. */
struct account {
    char *owner;
    long balance;
    int open;
};

static int account_deposit(struct account *self, long amount)
{
    if (amount <= 0) {
        return -1;
    }
    self->balance += amount;
    return 0;
}

struct account *transfer(struct account *source, struct account *target, long amount)
{
    if (source->balance < amount)
        return NULL;
    source->balance -= amount;
    account_deposit(target, amount);
    return target;
}
