-- @backfill table=hubspot_sync.hubspot_mock_exams key=id batch=1000
-- Rows that HubSpot knows were in step with it when they were made.
UPDATE hubspot_sync.hubspot_mock_exams
SET hubspot_last_sync_at = now()
WHERE :batch
  AND hubspot_id IS NOT NULL
  AND hubspot_last_sync_at IS NULL;
