-- What changed in the tables of this schema, until and after the batch job has taken it to HubSpot.
CREATE TABLE hubspot_sync.supabase_audit_log (
  id BIGSERIAL PRIMARY KEY,
  table_name TEXT NOT NULL,
  record_id UUID NOT NULL,              -- the id of the row in table_name
  record_hubspot_id TEXT,
  operation TEXT NOT NULL,              -- INSERT, UPDATE or DELETE
  changed_fields JSONB,
  old_values JSONB,
  new_values JSONB,
  performed_by TEXT,
  performed_at TIMESTAMPTZ DEFAULT now(),
  synced_to_hubspot_at TIMESTAMPTZ      -- NULL until the batch job has taken the change to HubSpot
);

CREATE INDEX idx_audit_log_table_record
  ON hubspot_sync.supabase_audit_log (table_name, record_id);

-- what the batch job has yet to take to HubSpot
CREATE INDEX idx_audit_log_pending_sync
  ON hubspot_sync.supabase_audit_log (id)
  WHERE synced_to_hubspot_at IS NULL;
