-- Each key that finds a contact is tried on a hundred rows, or on as many as there are.

-- @check name=get_contact_credits_by_id
SELECT contact.id,
       hubspot_sync.get_contact_credits(p_id => contact.id) IS NOT DISTINCT FROM contact AS ok
FROM hubspot_sync.hubspot_contact_credits AS contact
ORDER BY contact.id
LIMIT 100;

-- @check name=get_contact_credits_by_hubspot_id
SELECT contact.hubspot_id,
       hubspot_sync.get_contact_credits(p_hubspot_id => contact.hubspot_id) IS NOT DISTINCT FROM contact AS ok
FROM hubspot_sync.hubspot_contact_credits AS contact
WHERE contact.hubspot_id IS NOT NULL
ORDER BY contact.hubspot_id
LIMIT 100;

-- @check name=get_contact_credits_by_student_id_and_email
SELECT contact.student_id, contact.email,
       hubspot_sync.get_contact_credits(contact.student_id, contact.email) IS NOT DISTINCT FROM contact AS ok
FROM hubspot_sync.hubspot_contact_credits AS contact
ORDER BY contact.student_id, contact.email
LIMIT 100;

-- @check name=get_contact_credits_finds_nothing_by_unknown_keys
SELECT hubspot_sync.get_contact_credits(p_id => gen_random_uuid()) IS NULL
         AND hubspot_sync.get_contact_credits(p_hubspot_id => gen_random_uuid()::text) IS NULL
         AND hubspot_sync.get_contact_credits(gen_random_uuid()::text, gen_random_uuid()::text) IS NULL AS ok;

-- @check name=get_contact_credits_needs_a_key raises=P0001
SELECT hubspot_sync.get_contact_credits() IS NULL AS ok;

-- @check name=get_contact_credits_needs_an_email_beside_a_student_id raises=P0001
SELECT hubspot_sync.get_contact_credits(p_student_id => 'S-1') IS NULL AS ok;
