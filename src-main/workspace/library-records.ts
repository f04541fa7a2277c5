/**
 * The models and data sets that a workspace knows, in SQLite. What was removed stays as a row with its moment, so that
 * removing can be undone. Moments are ISO 8601 texts that the caller passes in.
 */
import { WorkbenchError } from '@contract/errors'
import type { LibraryEntry, LibraryFacts } from '@contract/library'
import type { Database, Row } from './database'

/** An entry as it is stored; whether its path can be opened is known only when it is asked for. */
export type LibraryRecord = Omit<LibraryEntry, 'obstacle'>

export type LibraryChange = Partial<Pick<LibraryRecord, 'path' | 'name' | 'facts' | 'usedAt'>>

/** Every call is one transaction; errors as `Database`. */
export interface LibraryRecords {
  /** Without what was removed; the one used or added last first. */
  list(): LibraryRecord[]
  /** @throws WorkbenchError `not-found` when there is no such entry, or it was removed. */
  read(entryId: string): LibraryRecord
  /** The entry of a path, unless it was removed. */
  find(path: string): LibraryRecord | undefined
  /**
   * Adds an entry. For a path that is there already, or was removed, name and facts are brought up to date and its
   * id stays. Returns the entry as it is then.
   */
  add(entry: LibraryRecord): LibraryRecord
  /** @throws as `read`; `conflict` when another entry has the new path. */
  change(entryId: string, change: LibraryChange): LibraryRecord
  /** @throws as `read`. */
  remove(entryId: string, removedAt: string): void
  /** Takes a removal back; harmless for what is there. @throws WorkbenchError `not-found` when it never was. */
  restore(entryId: string): LibraryRecord
}

export function createLibraryRecords(database: Database): LibraryRecords {
  const read = (entryId: string) => readEntry(database, entryId)
  const present = 'SELECT * FROM library WHERE removed_at IS NULL'
  return {
    list: () => database.rows(`${present} ORDER BY coalesce(used_at, added_at) DESC, name`).map(recordOf),
    read,
    find: (path) => database.rows(`${present} AND path = ?`, path).map(recordOf)[0],
    add: (entry) => database.transaction(() => addEntry(database, entry)),
    change: (entryId, change) => database.transaction(() => changeEntry(database, read(entryId), change)),
    remove: (entryId, removedAt) =>
      database.transaction(() => {
        read(entryId)
        database.run('UPDATE library SET removed_at = ? WHERE entry_id = ?', removedAt, entryId)
      }),
    restore: (entryId) =>
      database.transaction(() => {
        database.run('UPDATE library SET removed_at = NULL WHERE entry_id = ?', entryId)
        return read(entryId)
      })
  }
}

function addEntry(database: Database, entry: LibraryRecord): LibraryRecord {
  database.run(
    `INSERT INTO library (entry_id, path, name, facts_json, added_at, used_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (path) DO UPDATE SET name = excluded.name, facts_json = excluded.facts_json, removed_at = NULL`,
    entry.entryId,
    entry.path,
    entry.name,
    JSON.stringify(entry.facts),
    entry.addedAt,
    entry.usedAt
  )
  const [row] = database.rows('SELECT * FROM library WHERE path = ?', entry.path)
  if (row !== undefined) return recordOf(row)
  throw new WorkbenchError('internal', `The library entry of '${entry.path}' vanished while it was added.`)
}

function changeEntry(database: Database, before: LibraryRecord, change: LibraryChange): LibraryRecord {
  const { entryId } = before
  const after = { ...before, ...change }
  const others = database.rows(
    'SELECT entry_id, removed_at FROM library WHERE path = ? AND entry_id <> ?',
    after.path,
    entryId
  )
  for (const other of others) {
    if (other.removed_at === null) {
      throw new WorkbenchError(
        'conflict',
        `The library has '${after.path}' already: remove one of the two entries.`,
        { details: { path: after.path } }
      )
    }
    // Whoever takes the place of a removed entry ends the way back to it.
    database.run('DELETE FROM library WHERE entry_id = ?', other.entry_id as string)
  }
  database.run(
    'UPDATE library SET path = ?, name = ?, facts_json = ?, used_at = ? WHERE entry_id = ?',
    after.path,
    after.name,
    JSON.stringify(after.facts),
    after.usedAt,
    entryId
  )
  return after
}

function readEntry(database: Database, entryId: string): LibraryRecord {
  const [row] = database.rows('SELECT * FROM library WHERE entry_id = ? AND removed_at IS NULL', entryId)
  if (row !== undefined) return recordOf(row)
  throw new WorkbenchError('not-found', `The library has no entry '${entryId}': choose one from its list.`, {
    details: { entryId }
  })
}

/** The table is STRICT, so a column has the type that the schema gives it. */
function recordOf(row: Row): LibraryRecord {
  return {
    entryId: row.entry_id as string,
    path: row.path as string,
    name: row.name as string,
    facts: JSON.parse(row.facts_json as string) as LibraryFacts,
    addedAt: row.added_at as string,
    usedAt: row.used_at as string | null
  }
}
