-- Money of one owner.
CREATE TABLE accounts (
    id      integer PRIMARY KEY,
    owner   text NOT NULL,
    balance numeric NOT NULL DEFAULT 0,
    opened  timestamp NOT NULL
);

CREATE UNIQUE INDEX accounts_by_owner
    ON accounts (
        owner,
        opened,
        id
    );

CREATE VIEW overdrawn AS
SELECT id, owner, balance
FROM accounts
WHERE balance < 0
ORDER BY balance;

CREATE FUNCTION deposit(account integer, amount numeric) RETURNS numeric AS $$
    UPDATE accounts
    SET balance = balance + amount
    WHERE id = account
    RETURNING balance;
$$ LANGUAGE sql;

SELECT owner, sum(balance) AS total
FROM accounts
GROUP BY owner
HAVING sum(balance) > 0
ORDER BY total DESC;
