CREATE FUNCTION lend_copy(p_barcode VARCHAR, p_member INTEGER) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    new_loan BIGINT;
BEGIN
    IF EXISTS (SELECT 1 FROM members WHERE member_id = p_member AND (is_suspended OR expires_on < CURRENT_DATE)) THEN
        RAISE EXCEPTION 'member % may not borrow', p_member;
    END IF;
    INSERT INTO loans (loan_id, barcode, member_id, due_on)
    VALUES (nextval('loan_numbers'), p_barcode, p_member, CURRENT_DATE + 21)
    RETURNING loan_id INTO new_loan;
    RETURN new_loan;
END;
$$;

CREATE FUNCTION take_back(p_barcode VARCHAR) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loans SET returned_at = CURRENT_TIMESTAMP WHERE barcode = p_barcode AND returned_at IS NULL;
    IF NOT FOUND THEN
        RAISE NOTICE 'copy % was not out', p_barcode;
    END IF;
END;
$$;

CREATE FUNCTION renew(p_loan BIGINT) RETURNS DATE LANGUAGE plpgsql AS $$
DECLARE
    new_due DATE;
BEGIN
    UPDATE loans SET due_on = due_on + 14, renewals = renewals + 1
    WHERE loan_id = p_loan AND renewals < 3
      AND NOT EXISTS (SELECT 1 FROM reservations r JOIN copies c USING (title_id)
                      WHERE c.barcode = loans.barcode AND r.collected_at IS NULL)
    RETURNING due_on INTO new_due;
    RETURN new_due;
END;
$$;

CREATE FUNCTION charge_late_fee() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.returned_at::date > NEW.due_on THEN
        INSERT INTO fines (fine_id, loan_id, cents)
        VALUES (nextval('fine_numbers'), NEW.loan_id, LEAST(25 * (NEW.returned_at::date - NEW.due_on), 1000));
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER late_fee_on_return AFTER UPDATE OF returned_at ON loans
FOR EACH ROW EXECUTE FUNCTION charge_late_fee();

CREATE PROCEDURE merge_duplicate_members(kept INTEGER, dropped INTEGER) LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loans SET member_id = kept WHERE member_id = dropped;
    UPDATE reservations SET member_id = kept WHERE member_id = dropped;
    DELETE FROM members WHERE member_id = dropped;
END;
$$;

CREATE PROCEDURE forget_old_history() LANGUAGE sql AS $$
    DELETE FROM fines WHERE paid_at < CURRENT_DATE - INTERVAL '7 years';
    DELETE FROM loans WHERE returned_at < CURRENT_DATE - INTERVAL '7 years'
        AND loan_id NOT IN (SELECT loan_id FROM fines);
$$;
