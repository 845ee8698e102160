"""What `psql URL -c SQL` prints, for machines without psql."""

import sys

import psycopg

url, _, sql = sys.argv[1:]
with psycopg.connect(url, autocommit=True) as connection:
    cursor = connection.execute(sql.encode())
    if cursor.description:
        rows = [[str(value) for value in row] for row in cursor.fetchall()]
        print(" " + " | ".join(column.name for column in cursor.description))
        for row in rows:
            print(" " + " | ".join(row))
        print(f"({len(rows)} row{'s' * (len(rows) != 1)})")
