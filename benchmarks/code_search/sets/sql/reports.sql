CREATE VIEW overdue_loans AS
SELECT l.loan_id, m.full_name, m.email, t.name AS title, CURRENT_DATE - l.due_on AS days_late
FROM loans l
JOIN members m USING (member_id)
JOIN copies c USING (barcode)
JOIN titles t USING (title_id)
WHERE l.returned_at IS NULL AND l.due_on < CURRENT_DATE;

CREATE VIEW available_copies AS
SELECT c.barcode, c.title_id, c.branch_id
FROM copies c
LEFT JOIN loans l ON l.barcode = c.barcode AND l.returned_at IS NULL
WHERE l.loan_id IS NULL AND c.withdrawn IS NULL;

CREATE VIEW most_borrowed_titles AS
SELECT t.title_id, t.name, COUNT(*) AS times_lent,
       RANK() OVER (ORDER BY COUNT(*) DESC) AS place
FROM loans l
JOIN copies c USING (barcode)
JOIN titles t USING (title_id)
WHERE l.lent_at >= CURRENT_DATE - INTERVAL '1 year'
GROUP BY t.title_id, t.name;

CREATE VIEW unpaid_balance AS
SELECT l.member_id, SUM(f.cents) / 100.0 AS owed
FROM fines f
JOIN loans l USING (loan_id)
WHERE f.paid_at IS NULL AND f.waived_by IS NULL
GROUP BY l.member_id;

CREATE VIEW waiting_list AS
SELECT r.title_id, r.member_id,
       ROW_NUMBER() OVER (PARTITION BY r.title_id ORDER BY r.placed_at) AS turn
FROM reservations r
WHERE r.collected_at IS NULL;

CREATE MATERIALIZED VIEW monthly_loans_by_branch AS
SELECT c.branch_id, DATE_TRUNC('month', l.lent_at) AS month, COUNT(*) AS loans,
       COUNT(DISTINCT l.member_id) AS readers
FROM loans l
JOIN copies c USING (barcode)
GROUP BY c.branch_id, DATE_TRUNC('month', l.lent_at);

CREATE VIEW never_borrowed AS
SELECT c.barcode, t.name, t.published
FROM copies c
JOIN titles t USING (title_id)
WHERE NOT EXISTS (SELECT 1 FROM loans l WHERE l.barcode = c.barcode);
