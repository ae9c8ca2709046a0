-- Who may give a tag: a JSON list of user names and tags.
CREATE TABLE tag_rules (
  tag    TEXT PRIMARY KEY,
  owners TEXT NOT NULL
) STRICT;

-- For addresses it is the last one, not the highest: they start over at the end of the range.
INSERT INTO last_ids (kind, id) VALUES ('address', 0);
