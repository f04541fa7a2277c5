/** The workspace's SQLite file behind four calls, with prepared statements and coded errors. */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { WorkbenchError, type ErrorCode } from '@contract/errors'

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
        if (connection.isOpen) connection.close()
      })
  }
}

/** SQLite's primary result codes, https://www.sqlite.org/rescode.html. */
const failures: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  3: ['io', 'access is denied; check who owns it and its permissions'],
  5: ['conflict', 'another process has kept it locked for more than 10 s; close that process and try again'],
  6: ['conflict', 'another process has kept it locked for more than 10 s; close that process and try again'],
  8: ['io', 'it is read-only; check who owns it and its permissions'],
  10: ['io', 'the disk reports an error; check the disk and try again'],
  11: ['io', 'the file is damaged; restore it from a copy'],
  13: ['io', 'the disk is full; free some space and try again'],
  14: ['io', 'it cannot be opened; check the path and its permissions'],
  26: ['conflict', 'the file is not a database; choose another folder']
}

function databaseFailure(thrown: unknown, path: string): WorkbenchError {
  if (thrown instanceof WorkbenchError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  // The low byte is the primary code; the rest says more about it.
  const sqliteCode = thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : 0
  const [code, reason] = failures[sqliteCode] ?? (['internal', `SQLite reports "${message}"`] as const)
  return new WorkbenchError(code, `Could not use the records '${path}': ${reason}.`, {
    details: { path, sqliteCode },
    cause: thrown
  })
}
