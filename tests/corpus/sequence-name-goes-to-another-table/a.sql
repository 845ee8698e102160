CREATE TABLE orders (no serial, note text);
CREATE TABLE bills (no int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME bill_numbers));
CREATE TABLE stays (a int NOT NULL, b int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME b_numbers));
CREATE SEQUENCE a_numbers;
