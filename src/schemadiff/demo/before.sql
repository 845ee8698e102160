-- The schema hubspot_sync before the migration: every row needs its identifier in HubSpot first.
CREATE SCHEMA hubspot_sync;

CREATE TABLE hubspot_sync.hubspot_contact_credits (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  hubspot_id TEXT UNIQUE NOT NULL,
  student_id TEXT NOT NULL,
  email TEXT NOT NULL,
  synced_at TIMESTAMPTZ,
  CONSTRAINT unique_student_email UNIQUE (student_id, email)
);

CREATE INDEX idx_hubspot_id ON hubspot_sync.hubspot_contact_credits (hubspot_id);
CREATE INDEX idx_student_id ON hubspot_sync.hubspot_contact_credits (student_id);
CREATE INDEX idx_email ON hubspot_sync.hubspot_contact_credits (email);
CREATE INDEX idx_synced_at ON hubspot_sync.hubspot_contact_credits (synced_at);

CREATE TABLE hubspot_sync.hubspot_bookings (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  hubspot_id TEXT UNIQUE NOT NULL,
  booking_id TEXT UNIQUE NOT NULL,
  student_id TEXT NOT NULL,
  student_email TEXT NOT NULL,
  mock_exam_id TEXT NOT NULL,
  contact_id TEXT,
  associated_contact_id TEXT,
  associated_mock_exam TEXT,
  is_active BOOLEAN NOT NULL DEFAULT true,
  idempotency_key TEXT UNIQUE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE INDEX idx_bookings_hubspot_id ON hubspot_sync.hubspot_bookings (hubspot_id);
CREATE INDEX idx_bookings_contact_id ON hubspot_sync.hubspot_bookings (associated_contact_id);
CREATE INDEX idx_bookings_exam_id ON hubspot_sync.hubspot_bookings (associated_mock_exam);

CREATE TABLE hubspot_sync.hubspot_mock_exams (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  hubspot_id TEXT UNIQUE NOT NULL,
  is_active BOOLEAN NOT NULL DEFAULT true,
  exam_date DATE
);

CREATE INDEX idx_exams_hubspot_id ON hubspot_sync.hubspot_mock_exams (hubspot_id);
CREATE INDEX idx_exams_active ON hubspot_sync.hubspot_mock_exams (is_active);
CREATE INDEX idx_exams_date ON hubspot_sync.hubspot_mock_exams (exam_date);
