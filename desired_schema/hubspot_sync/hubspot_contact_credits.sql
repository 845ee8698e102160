-- The contacts and the identifiers they are known by.
CREATE TABLE hubspot_sync.hubspot_contact_credits (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  hubspot_id TEXT UNIQUE,               -- NULL until the batch job has made the contact in HubSpot
  student_id TEXT NOT NULL,
  email TEXT NOT NULL,
  synced_at TIMESTAMPTZ,
  hubspot_last_sync_at TIMESTAMPTZ,     -- written by the batch job, for audits only
  CONSTRAINT unique_student_email UNIQUE (student_id, email)
);

CREATE INDEX idx_hubspot_id ON hubspot_sync.hubspot_contact_credits (hubspot_id);
CREATE INDEX idx_student_id ON hubspot_sync.hubspot_contact_credits (student_id);
CREATE INDEX idx_email ON hubspot_sync.hubspot_contact_credits (email);
CREATE INDEX idx_synced_at ON hubspot_sync.hubspot_contact_credits (synced_at);

-- what the batch job has yet to take to HubSpot
CREATE INDEX idx_contact_credits_no_hubspot_id
  ON hubspot_sync.hubspot_contact_credits (id)
  WHERE hubspot_id IS NULL;
