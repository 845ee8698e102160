-- What is kept in step with HubSpot. Rows are written here first; a batch job takes them to HubSpot every two hours.
CREATE SCHEMA hubspot_sync;
