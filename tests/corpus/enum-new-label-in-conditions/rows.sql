INSERT INTO letter VALUES (1, 'draft', NULL, '{}', 'sent', NULL), (2, 'sent', 'draft', '{draft,sent}', NULL, '2026-02-03');
INSERT INTO letter_log VALUES (1, 'draft'), (2, 'sent');
