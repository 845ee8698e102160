-- The same rows each time: every value follows from the number of its row.
INSERT INTO hubspot_sync.hubspot_mock_exams (id, hubspot_id, is_active, exam_date)
SELECT md5('exam ' || n)::uuid,
       (3000000000 + n * BIGINT '7919')::text,
       n > 20,
       DATE '2025-09-06' + n * 7
FROM generate_series(1, 60) AS n;

INSERT INTO hubspot_sync.hubspot_contact_credits (id, hubspot_id, student_id, email, synced_at)
SELECT md5('contact ' || n)::uuid,
       (10000000000 + n * BIGINT '104729')::text,
       'S' || lpad(n::text, 6, '0'),
       (ARRAY['amina', 'björn', 'chen', 'diego', 'elif', 'farah', 'grace', 'hiro'])[1 + n % 8] || n || '@example.com',
       CASE WHEN n % 5 > 0 THEN TIMESTAMPTZ '2025-12-01 06:00+00' + n * INTERVAL '97 seconds' END
FROM generate_series(1, 1500) AS n;

-- Older bookings were made before there were idempotency keys, and one student in twenty has no contact.
INSERT INTO hubspot_sync.hubspot_bookings (
  id, hubspot_id, booking_id, student_id, student_email, mock_exam_id, contact_id,
  associated_contact_id, associated_mock_exam, is_active, idempotency_key, created_at)
SELECT md5('booking ' || n)::uuid,
       (20000000000 + n * BIGINT '15485863')::text,
       'BK-' || to_char(made, 'YYYYMMDD') || '-' || upper(left(md5('number ' || n), 6)),
       coalesce(contact.student_id, 'S9' || lpad(n::text, 5, '0')),
       coalesce(contact.email, 'guest' || n || '@example.com'),
       exam.hubspot_id,
       contact.hubspot_id,
       contact.hubspot_id,
       exam.hubspot_id,
       n % 9 > 0,
       CASE WHEN n > 1200 THEN 'idem_' || md5('key ' || n) END,
       made
FROM generate_series(1, 4000) AS n
CROSS JOIN LATERAL (SELECT TIMESTAMPTZ '2025-08-01 08:00+00' + n * INTERVAL '47 minutes' AS made) AS moment
JOIN hubspot_sync.hubspot_mock_exams AS exam ON exam.id = md5('exam ' || 1 + n % 60)::uuid
LEFT JOIN hubspot_sync.hubspot_contact_credits AS contact
  ON n % 20 > 0 AND contact.id = md5('contact ' || 1 + n * 7 % 1500)::uuid;
