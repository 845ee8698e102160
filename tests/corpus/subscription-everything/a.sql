CREATE SUBSCRIPTION s1 CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = NONE); CREATE SUBSCRIPTION s2 CONNECTION 'service=x' PUBLICATION a WITH (connect = off, slot_name = two);
