-- @check name=every_row_has_an_id_and_no_exam_lacks_a_hubspot_id
SELECT report.*,
       report.has_id = report.total_records
         AND (report.table_name <> 'hubspot_mock_exams' OR report.pending_hubspot_sync = 0) AS ok
FROM (
  SELECT 'hubspot_contact_credits' AS table_name,
         count(*) AS total_records,
         count(id) AS has_id,
         count(hubspot_id) AS has_hubspot_id,
         count(*) FILTER (WHERE hubspot_id IS NULL) AS pending_hubspot_sync
  FROM hubspot_sync.hubspot_contact_credits
  UNION ALL
  SELECT 'hubspot_bookings', count(*), count(id), count(hubspot_id), count(*) FILTER (WHERE hubspot_id IS NULL)
  FROM hubspot_sync.hubspot_bookings
  UNION ALL
  SELECT 'hubspot_mock_exams', count(*), count(id), count(hubspot_id), count(*) FILTER (WHERE hubspot_id IS NULL)
  FROM hubspot_sync.hubspot_mock_exams
) AS report;

-- @check name=bookings_find_their_contact_by_student_id_and_email
SELECT booking.id, booking.booking_id, booking.student_id, booking.student_email,
       contact.id AS contact_uuid, contact.hubspot_id AS contact_hubspot_id,
       (hubspot_sync.get_contact_credits(p_student_id => booking.student_id, p_email => booking.student_email)).id
         IS NOT DISTINCT FROM contact.id AS ok
FROM hubspot_sync.hubspot_bookings AS booking
LEFT JOIN hubspot_sync.hubspot_contact_credits AS contact
  ON contact.student_id = booking.student_id AND contact.email = booking.student_email
ORDER BY booking.id
LIMIT 100;
