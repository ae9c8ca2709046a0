-- Times are RFC 3339 text, keys are prefix:hex text, lists and Hostinfo are JSON text.

CREATE TABLE users (
  id           INTEGER PRIMARY KEY,
  name         TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  created      TEXT NOT NULL
) STRICT;

-- The text of a key is not kept: hash is the hex SHA-256 of it.
CREATE TABLE auth_keys (
  id        INTEGER PRIMARY KEY,
  hash      TEXT NOT NULL UNIQUE,
  user_id   INTEGER NOT NULL,
  reusable  INTEGER NOT NULL,
  ephemeral INTEGER NOT NULL,
  tags      TEXT NOT NULL,
  created   TEXT NOT NULL,
  expiry    TEXT,
  used      TEXT,
  revoked   TEXT
) STRICT;

-- user_id is 0 for a tagged node.
CREATE TABLE nodes (
  id          INTEGER PRIMARY KEY,
  machine_key TEXT NOT NULL,
  node_key    TEXT NOT NULL UNIQUE,
  disco_key   TEXT,
  ipv4        TEXT NOT NULL UNIQUE,
  ipv6        TEXT NOT NULL UNIQUE,
  user_id     INTEGER NOT NULL,
  tags        TEXT NOT NULL,
  given_name  TEXT NOT NULL UNIQUE,
  renamed     INTEGER NOT NULL,
  auth_key_id INTEGER,
  ephemeral   INTEGER NOT NULL,
  key_expiry  TEXT,
  hostinfo    TEXT NOT NULL,
  endpoints   TEXT NOT NULL,
  cap         INTEGER NOT NULL,
  created     TEXT NOT NULL,
  last_seen   TEXT NOT NULL
) STRICT;

-- The highest ID ever given out, so that the ID of something deleted never comes back.
CREATE TABLE last_ids (
  kind TEXT PRIMARY KEY,
  id   INTEGER NOT NULL
) STRICT;

INSERT INTO last_ids (kind, id) VALUES ('user', 0), ('auth_key', 0), ('node', 0);
