-- One row for each booking of a mock exam. A booking finds its contact by student_id and email.
CREATE TABLE hubspot_sync.hubspot_bookings (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  hubspot_id TEXT UNIQUE,               -- NULL until the batch job has made the booking in HubSpot
  booking_id TEXT UNIQUE NOT NULL,      -- our own number, such as BK-20251203-ABC123
  student_id TEXT NOT NULL,
  student_email TEXT NOT NULL,
  mock_exam_id TEXT NOT NULL,           -- the exam's identifier in HubSpot
  contact_id TEXT,                      -- the contact's identifier in HubSpot, to associate the two there
  associated_contact_id TEXT,
  associated_mock_exam TEXT,
  is_active BOOLEAN NOT NULL DEFAULT true,
  idempotency_key TEXT UNIQUE,          -- any number of rows may have none
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  hubspot_last_sync_at TIMESTAMPTZ      -- written by the batch job, for audits only
);

CREATE INDEX idx_bookings_hubspot_id ON hubspot_sync.hubspot_bookings (hubspot_id);
CREATE INDEX idx_bookings_contact_id ON hubspot_sync.hubspot_bookings (associated_contact_id);
CREATE INDEX idx_bookings_exam_id ON hubspot_sync.hubspot_bookings (associated_mock_exam);
CREATE INDEX idx_bookings_student_id ON hubspot_sync.hubspot_bookings (student_id);
CREATE INDEX idx_bookings_student_email ON hubspot_sync.hubspot_bookings (student_email);

-- what the batch job has yet to take to HubSpot
CREATE INDEX idx_bookings_no_hubspot_id
  ON hubspot_sync.hubspot_bookings (id)
  WHERE hubspot_id IS NULL;
