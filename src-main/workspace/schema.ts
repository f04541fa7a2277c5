/** The tables of a workspace, as an ordered list of migrations. A migration that was released never changes. */
import { WorkbenchError } from '@contract/errors'
import type { Database } from './database'

/** `migrations[n]` takes a database from version n to version n + 1. Version 0 is an empty file. */
const migrations: readonly string[] = [
  `CREATE TABLE studies (
     study_id    TEXT PRIMARY KEY,
     name        TEXT NOT NULL,
     recipe_json TEXT NOT NULL,
     created_at  TEXT NOT NULL
   ) STRICT;
   -- No reference to trials: a study lists its trials before the first of them starts.
   CREATE TABLE study_trials (
     study_id TEXT NOT NULL REFERENCES studies ON DELETE CASCADE,
     position INTEGER NOT NULL,
     trial_id TEXT NOT NULL,
     name     TEXT NOT NULL,
     PRIMARY KEY (study_id, position)
   ) STRICT;
   CREATE TABLE trials (
     trial_id    TEXT PRIMARY KEY,
     spec_json   TEXT NOT NULL,
     state       TEXT NOT NULL CHECK (state IN ('running', 'completed', 'failed', 'cancelled')),
     result_json TEXT,
     error_json  TEXT,
     started_at  TEXT NOT NULL,
     finished_at TEXT
   ) STRICT;
   CREATE TABLE utterances (
     trial_id     TEXT NOT NULL REFERENCES trials,
     utterance_id TEXT NOT NULL,
     record_json  TEXT NOT NULL,
     PRIMARY KEY (trial_id, utterance_id)
   ) STRICT;`,
  `CREATE TABLE jobs (
     job_id      TEXT PRIMARY KEY,
     kind        TEXT NOT NULL,
     name        TEXT NOT NULL,
     recipe_text TEXT NOT NULL,
     state       TEXT NOT NULL CHECK (
       state IN ('waiting', 'running', 'paused', 'completed', 'failed', 'cancelled', 'interrupted')
     ),
     -- Order of the queue; unique only between two moves, so no index.
     position    INTEGER NOT NULL,
     created_at  TEXT NOT NULL,
     started_at  TEXT,
     finished_at TEXT,
     error_json  TEXT,
     study_id    TEXT
   ) STRICT;`,
  `CREATE TABLE library (
     entry_id   TEXT PRIMARY KEY,
     path       TEXT NOT NULL UNIQUE,
     name       TEXT NOT NULL,
     facts_json TEXT NOT NULL,
     added_at   TEXT NOT NULL,
     used_at    TEXT,
     -- Set by removing, which can be undone.
     removed_at TEXT
   ) STRICT;`,
  // How many engine processes ended under the trial since it was last forgiven.
  'ALTER TABLE trials ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE jobs ADD COLUMN training_id TEXT',
  // Whether the job starts although by the estimate it does not fit on the machine.
  'ALTER TABLE jobs ADD COLUMN is_forced INTEGER NOT NULL DEFAULT 0'
]

export const schemaVersion = migrations.length

/** 'Lath' in ASCII: what SQLite calls the kind of the file, so that another program's database is recognised. */
const applicationId = 0x4c617468

/**
 * Brings a database to this version of the schema; several processes may do so at the same time.
 *
 * @throws WorkbenchError `conflict`, with the file untouched, when a newer Lathe or another program made it.
 */
export function migrate(database: Database): void {
  if (checkedVersion(database) === schemaVersion) return
  // Readers never wait for the writer, and a process may be killed at any moment. Stays set in the file.
  database.execute('PRAGMA journal_mode = WAL')
  database.transaction(() => {
    // Read again under the lock: another process may have migrated in between.
    for (const migration of migrations.slice(checkedVersion(database))) database.execute(migration)
    database.execute(`PRAGMA user_version = ${schemaVersion}; PRAGMA application_id = ${applicationId}`)
  })
}

function checkedVersion(database: Database): number {
  const version = pragma(database, 'user_version')
  const isEmpty = version === 0 && database.rows('SELECT name FROM sqlite_schema LIMIT 1').length === 0
  if (!isEmpty && pragma(database, 'application_id') !== applicationId) {
    throw new WorkbenchError(
      'conflict',
      `'${database.path}' was made by another program: choose another folder for the workspace.`,
      { details: { path: database.path } }
    )
  }
  if (version > schemaVersion) {
    throw new WorkbenchError(
      'conflict',
      `'${database.path}' was made by a newer Lathe: it has schema ${version}, this one knows up to ` +
        `${schemaVersion}; update Lathe or choose another folder.`,
      { details: { path: database.path, version, schemaVersion } }
    )
  }
  return version
}

function pragma(database: Database, name: 'user_version' | 'application_id'): number {
  return Number(database.rows(`PRAGMA ${name}`)[0]?.[name])
}
