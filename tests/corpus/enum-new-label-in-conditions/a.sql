CREATE TYPE stage AS ENUM ('draft', 'sent');
CREATE DOMAIN past_stage AS stage;
CREATE TABLE letter (
    id int PRIMARY KEY,
    stage stage,
    former past_stage,
    seen past_stage[],
    next stage,
    sent_on date,
    closed boolean GENERATED ALWAYS AS (stage = 'sent') STORED
);
CREATE TABLE letter_log (id int, stage stage) PARTITION BY LIST (stage);
CREATE TABLE letter_log_sent PARTITION OF letter_log FOR VALUES IN ('sent');
CREATE TABLE letter_log_rest PARTITION OF letter_log DEFAULT;
