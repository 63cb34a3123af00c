/**
 * The number of the first schema in {@link migrations}. Schema 1 is older than the first release. Its signatures are for the name
 * of a Datanet, which other Datanets may share, so that its records cannot be migrated.
 */
export const firstSchema = 2

/**
 * The schema of the Datanet store, one step for each version. Never change a released step; add another one.
 * SQLite's `user_version` is the schema of the file.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE datanet (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    identity TEXT NOT NULL,
    salt TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    licence TEXT NOT NULL,
    domain TEXT NOT NULL,
    createdAt TEXT NOT NULL
  ) STRICT;

  CREATE TABLE contributors (
    address TEXT PRIMARY KEY,
    name TEXT,
    speciality TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE contributions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contributor TEXT NOT NULL REFERENCES contributors,
    source TEXT NOT NULL,
    count INTEGER NOT NULL,
    addedAt TEXT NOT NULL
  ) STRICT;

  CREATE TABLE records (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    content TEXT NOT NULL,
    normalHash TEXT NOT NULL,
    contributor TEXT NOT NULL REFERENCES contributors,
    licence TEXT NOT NULL,
    signature TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected')),
    reason TEXT,
    reviewer TEXT,
    duplicateOf TEXT REFERENCES records (id),
    nearDuplicateOf TEXT REFERENCES records (id),
    similarity REAL,
    contribution INTEGER NOT NULL REFERENCES contributions,
    addedAt TEXT NOT NULL,
    CHECK (duplicateOf IS NULL OR status = 'rejected')
  ) STRICT;
  CREATE INDEX recordsByNormalHash ON records (normalHash);
  CREATE INDEX recordsByStatus ON records (status, id);

  CREATE TABLE bands (
    band INTEGER NOT NULL,
    key INTEGER NOT NULL,
    record TEXT NOT NULL REFERENCES records (id),
    PRIMARY KEY (band, key, record)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE versions (
    version INTEGER PRIMARY KEY CHECK (version > 0),
    root TEXT NOT NULL,
    recordCount INTEGER NOT NULL,
    contentHash TEXT NOT NULL,
    createdAt TEXT NOT NULL
  ) STRICT;

  CREATE TABLE publications (
    version INTEGER NOT NULL REFERENCES versions,
    chainId INTEGER NOT NULL,
    registry TEXT NOT NULL,
    datanetId TEXT NOT NULL,
    onChainVersion INTEGER NOT NULL,
    txHash TEXT NOT NULL,
    publishedAt TEXT NOT NULL,
    PRIMARY KEY (version, chainId, registry)
  ) STRICT, WITHOUT ROWID;
  `,
  // Copies are found by comparing the records themselves, because stored hashes of words would follow an older rule one day.
  `
  DROP TABLE bands;
  DROP INDEX recordsByNormalHash;
  ALTER TABLE records DROP COLUMN normalHash;
  `,
  // Records that a reviewer rejected and that another contributor added again; `records` has the newer one.
  `
  CREATE TABLE replacedRecords (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    contributor TEXT NOT NULL REFERENCES contributors,
    licence TEXT NOT NULL,
    signature TEXT NOT NULL,
    reason TEXT,
    reviewer TEXT,
    contribution INTEGER NOT NULL REFERENCES contributions,
    addedAt TEXT NOT NULL
  ) STRICT;
  `,
]

/** The schema that this openledger writes. */
export const newestSchema = firstSchema + migrations.length - 1
