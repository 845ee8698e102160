-- @check name=check_idempotency_key_finds_the_booking
SELECT booking.idempotency_key,
       coalesce(
         hubspot_sync.check_idempotency_key(booking.idempotency_key) = jsonb_build_object(
           'found', true,
           'booking_id', booking.booking_id,
           'id', booking.id,
           'hubspot_id', booking.hubspot_id,
           'is_active', booking.is_active,
           'student_id', booking.student_id,
           'mock_exam_id', booking.mock_exam_id,
           'created_at', booking.created_at),
         false) AS ok
FROM hubspot_sync.hubspot_bookings AS booking
WHERE booking.idempotency_key IS NOT NULL
ORDER BY booking.idempotency_key
LIMIT 100;

-- @check name=check_idempotency_key_finds_nothing_by_an_unknown_key
SELECT hubspot_sync.check_idempotency_key(gen_random_uuid()::text) IS NULL AS ok;

-- A booking without a key repeats nothing: NULL finds nothing, although many rows have no key.
-- @check name=check_idempotency_key_finds_nothing_by_null
SELECT hubspot_sync.check_idempotency_key(NULL) IS NULL AS ok;

-- @check name=check_idempotency_key_needs_its_argument raises=42883
SELECT hubspot_sync.check_idempotency_key() IS NULL AS ok;
