-- Each key that finds a booking is tried on a hundred rows, or on as many as there are.

-- @check name=get_booking_by_id
SELECT booking.id,
       hubspot_sync.get_booking(p_id => booking.id) IS NOT DISTINCT FROM booking AS ok
FROM hubspot_sync.hubspot_bookings AS booking
ORDER BY booking.id
LIMIT 100;

-- @check name=get_booking_by_hubspot_id
SELECT booking.hubspot_id,
       hubspot_sync.get_booking(p_hubspot_id => booking.hubspot_id) IS NOT DISTINCT FROM booking AS ok
FROM hubspot_sync.hubspot_bookings AS booking
WHERE booking.hubspot_id IS NOT NULL
ORDER BY booking.hubspot_id
LIMIT 100;

-- @check name=get_booking_by_booking_id
SELECT booking.booking_id,
       hubspot_sync.get_booking(p_booking_id => booking.booking_id) IS NOT DISTINCT FROM booking AS ok
FROM hubspot_sync.hubspot_bookings AS booking
ORDER BY booking.booking_id
LIMIT 100;

-- @check name=get_booking_finds_nothing_by_unknown_keys
SELECT hubspot_sync.get_booking(p_id => gen_random_uuid()) IS NULL
         AND hubspot_sync.get_booking(p_hubspot_id => gen_random_uuid()::text) IS NULL
         AND hubspot_sync.get_booking(p_booking_id => gen_random_uuid()::text) IS NULL AS ok;

-- @check name=get_booking_needs_a_key raises=P0001
SELECT hubspot_sync.get_booking() IS NULL AS ok;
