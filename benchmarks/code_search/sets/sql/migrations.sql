-- 0002: a second address for letters
ALTER TABLE members ADD COLUMN postal_address TEXT;

-- 0003: books in more than one language
CREATE TABLE title_languages (
    title_id       INTEGER NOT NULL REFERENCES titles (title_id),
    language_code  CHAR(2) NOT NULL,
    PRIMARY KEY (title_id, language_code)
);

INSERT INTO title_languages (title_id, language_code)
SELECT title_id, language_code FROM titles;

-- 0004: the catalogue may be read by the web site, and nothing else
CREATE ROLE website LOGIN;
GRANT SELECT ON titles, authors, title_authors, available_copies TO website;
REVOKE ALL ON members, loans, fines FROM website;

-- 0005: a log of who changed what
CREATE TABLE audit_log (
    happened_at  TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    actor        VARCHAR(100) NOT NULL DEFAULT CURRENT_USER,
    table_name   VARCHAR(60) NOT NULL,
    old_row      JSONB,
    new_row      JSONB
);

CREATE FUNCTION write_audit() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_log (table_name, old_row, new_row) VALUES (TG_TABLE_NAME, to_jsonb(OLD), to_jsonb(NEW));
    RETURN NULL;
END;
$$;

CREATE TRIGGER audit_members AFTER INSERT OR UPDATE OR DELETE ON members
FOR EACH ROW EXECUTE FUNCTION write_audit();
