"""Schemas as they grow over the years of a project on Supabase, each state planned from the one before.

A file is a history. A block of SQL stands under a line that names the states it belongs to: `-- states 2-4`,
`-- states 3-` or `-- state 1`; `-- rows` are inserted once the first state is reached.
"""
