-- A lending library: members, books, copies, loans, reservations and fines.

CREATE TABLE members (
    member_id     INTEGER PRIMARY KEY,
    full_name     VARCHAR(200) NOT NULL,
    email         VARCHAR(320) NOT NULL UNIQUE,
    joined_on     DATE NOT NULL DEFAULT CURRENT_DATE,
    expires_on    DATE NOT NULL,
    is_suspended  BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE authors (
    author_id   INTEGER PRIMARY KEY,
    sort_name   VARCHAR(200) NOT NULL,
    born        SMALLINT,
    died        SMALLINT,
    CHECK (died IS NULL OR died >= born)
);

CREATE TABLE titles (
    title_id      INTEGER PRIMARY KEY,
    isbn          CHAR(13) UNIQUE,
    name          VARCHAR(400) NOT NULL,
    language_code CHAR(2) NOT NULL,
    published     SMALLINT
);

CREATE TABLE title_authors (
    title_id   INTEGER NOT NULL REFERENCES titles (title_id) ON DELETE CASCADE,
    author_id  INTEGER NOT NULL REFERENCES authors (author_id),
    position   SMALLINT NOT NULL DEFAULT 1,
    PRIMARY KEY (title_id, author_id)
);

CREATE TABLE copies (
    barcode    VARCHAR(20) PRIMARY KEY,
    title_id   INTEGER NOT NULL REFERENCES titles (title_id),
    branch_id  INTEGER NOT NULL,
    condition  VARCHAR(10) NOT NULL CHECK (condition IN ('new', 'good', 'worn', 'damaged')),
    withdrawn  TIMESTAMP
);

CREATE TABLE loans (
    loan_id      BIGINT PRIMARY KEY,
    barcode      VARCHAR(20) NOT NULL REFERENCES copies (barcode),
    member_id    INTEGER NOT NULL REFERENCES members (member_id),
    lent_at      TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    due_on       DATE NOT NULL,
    returned_at  TIMESTAMP,
    renewals     SMALLINT NOT NULL DEFAULT 0
);

CREATE TABLE fines (
    fine_id    BIGINT PRIMARY KEY,
    loan_id    BIGINT NOT NULL REFERENCES loans (loan_id),
    cents      INTEGER NOT NULL CHECK (cents > 0),
    paid_at    TIMESTAMP,
    waived_by  VARCHAR(100)
);

CREATE TABLE reservations (
    reservation_id  BIGINT PRIMARY KEY,
    title_id        INTEGER NOT NULL REFERENCES titles (title_id),
    member_id       INTEGER NOT NULL REFERENCES members (member_id),
    placed_at       TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    notified_at     TIMESTAMP,
    collected_at    TIMESTAMP
);

-- A copy is out at most once at a time.
CREATE UNIQUE INDEX one_open_loan_per_copy ON loans (barcode) WHERE returned_at IS NULL;

CREATE INDEX loans_by_due_date ON loans (due_on) WHERE returned_at IS NULL;

CREATE INDEX titles_by_words ON titles USING gin (to_tsvector('simple', name));
