CREATE SUBSCRIPTION s3 CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = three);
