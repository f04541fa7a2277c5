/** The workspace's SQLite file behind four calls, with prepared statements and coded errors. */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { databaseFailure } from './database-failure'

/** Column name to value. */
export type Row = Readonly<Record<string, SQLOutputValue>>

export interface Database {
  readonly path: string
  /** Runs one statement with its values for `?` and returns how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number
  /** All rows of a query. */
  rows(sql: string, ...values: SQLInputValue[]): Row[]
  /** Runs statements that take no values, several at once if need be. */
  execute(sql: string): void
  /**
   * Does all of `work` or, when it throws, nothing of it. The write lock is taken at the start, so that what `work`
   * reads cannot change before it writes. Not to be nested.
   */
  transaction<T>(work: () => T): T
  /** Closing twice is harmless. */
  close(): void
}

/** How long a statement waits for another process that is writing, before it fails. */
const busyTimeoutMilliseconds = 10_000

/**
 * Opens a database file, and creates it when it is absent. Two processes may have it open at the same time.
 *
 * All calls of the result throw WorkbenchError: `conflict` when another process keeps it locked or the file is no
 * database, `io` when the disk or the file is at fault, `internal` for a statement that SQLite refuses.
 */
export function openDatabase(path: string): Database {
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (thrown) {
      throw databaseFailure(thrown, path)
    }
  }
  const connection = guarded(
    () => new DatabaseSync(path, { timeout: busyTimeoutMilliseconds, enableForeignKeyConstraints: true })
  )
  // A commit that was reported is on the disk, even when the power fails in the next moment. SQLite's own default, but not
  // that of every program it is built into.
  guarded(() => connection.exec('PRAGMA synchronous = FULL'))
  const statements = new Map<string, StatementSync>()
  const prepared = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? connection.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  return {
    path,
    run: (sql, ...values) => guarded(() => Number(prepared(sql).run(...values).changes)),
    rows: (sql, ...values) => guarded(() => prepared(sql).all(...values)),
    execute: (sql) => guarded(() => connection.exec(sql)),
    transaction: (work) =>
      guarded(() => {
        connection.exec('BEGIN IMMEDIATE')
        try {
          const result = work()
          connection.exec('COMMIT')
          return result
        } catch (thrown) {
          // SQLite has already rolled back after some errors, such as a full disk.
          if (connection.isTransaction) connection.exec('ROLLBACK')
          throw thrown
        }
      }),
    close: () =>
      guarded(() => {
        if (!connection.isOpen) return
        moveLog(connection)
        connection.close()
      })
  }
}

/**
 * Moves what stands in the write-ahead log into the file itself. SQLite does so when the last connection closes, which an
 * engine that is killed never does; a user who copies the file alone should have everything.
 */
function moveLog(connection: DatabaseSync): void {
  try {
    connection.exec('PRAGMA wal_checkpoint(PASSIVE)')
  } catch {
    // On a full or read-only disk it stays in the log, where it is as safe.
  }
}
