-- The mock exams. Administrators make them in HubSpot first, so each has its identifier there.
CREATE TABLE hubspot_sync.hubspot_mock_exams (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  hubspot_id TEXT UNIQUE NOT NULL,
  is_active BOOLEAN NOT NULL DEFAULT true,
  exam_date DATE,
  hubspot_last_sync_at TIMESTAMPTZ      -- written by the batch job, for audits only
);

CREATE INDEX idx_exams_hubspot_id ON hubspot_sync.hubspot_mock_exams (hubspot_id);
CREATE INDEX idx_exams_active ON hubspot_sync.hubspot_mock_exams (is_active);
CREATE INDEX idx_exams_date ON hubspot_sync.hubspot_mock_exams (exam_date);
