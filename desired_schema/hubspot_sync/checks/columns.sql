-- @check name=hubspot_id_is_optional_only_where_rows_start_here
SELECT wanted.table_name, columns.is_nullable, columns.data_type,
       coalesce(columns.is_nullable = wanted.is_nullable AND columns.data_type = 'text', false) AS ok
FROM (VALUES ('hubspot_contact_credits', 'YES'),
             ('hubspot_bookings', 'YES'),
             ('hubspot_mock_exams', 'NO')) AS wanted (table_name, is_nullable)
LEFT JOIN information_schema.columns
  ON columns.table_schema = 'hubspot_sync'
 AND columns.table_name = wanted.table_name
 AND columns.column_name = 'hubspot_id'
ORDER BY wanted.table_name;

-- @check name=hubspot_last_sync_at_exists
SELECT wanted.table_name, columns.is_nullable, columns.data_type,
       coalesce(columns.is_nullable = 'YES' AND columns.data_type = 'timestamp with time zone', false) AS ok
FROM (VALUES ('hubspot_contact_credits'), ('hubspot_bookings'), ('hubspot_mock_exams')) AS wanted (table_name)
LEFT JOIN information_schema.columns
  ON columns.table_schema = 'hubspot_sync'
 AND columns.table_name = wanted.table_name
 AND columns.column_name = 'hubspot_last_sync_at'
ORDER BY wanted.table_name;
