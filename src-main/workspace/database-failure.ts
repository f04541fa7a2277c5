import { accessSync, constants } from 'node:fs'
import { dirname } from 'node:path'
import { WorkbenchError, type ErrorCode } from '@contract/errors'
import { fileFailure, systemCodeOf } from './file-failure'

/** SQLite's primary result codes, https://www.sqlite.org/rescode.html. */
const failures: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  3: ['io', 'access is denied; check who owns it and its permissions'],
  5: ['conflict', 'another process has kept it locked for more than 10 s; close that process and try again'],
  6: ['conflict', 'another process has kept it locked for more than 10 s; close that process and try again'],
  8: ['io', 'it is read-only; check who owns it and its permissions, or choose another folder'],
  10: ['io', 'the disk reports an error; check the disk and try again'],
  11: ['io', 'the file is damaged; restore it from a copy'],
  13: ['io', 'the disk is full; free some space and try again'],
  14: ['io', 'it cannot be opened; check the path and its permissions'],
  26: ['conflict', 'the file is not a database; choose another folder']
}

const cannotOpen = 14

/** Where no log can be made beside the file SQLite only says that it cannot be opened; its folder tells why. */
function readOnlyFolder(path: string): WorkbenchError | undefined {
  try {
    accessSync(dirname(path), constants.W_OK)
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'EROFS') return fileFailure(thrown, 'use the records', path)
  }
  return undefined
}

/** The coded error for a failed access to the database at `path`; an error that already has a code passes through. */
export function databaseFailure(thrown: unknown, path: string): WorkbenchError {
  if (thrown instanceof WorkbenchError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const sqliteCode = primaryCode(thrown)
  const readOnly = sqliteCode === cannotOpen ? readOnlyFolder(path) : undefined
  if (readOnly !== undefined) return readOnly
  const [code, reason] = failures[sqliteCode] ?? (['internal', `SQLite reports "${message}"`] as const)
  return new WorkbenchError(code, `Could not use the records '${path}': ${reason}.`, {
    details: { path, sqliteCode },
    cause: thrown
  })
}

/** Whether a statement failed because another process has the lock. */
export function isBusy(thrown: unknown): boolean {
  return [5, 6].includes(primaryCode(thrown))
}

/** The low byte; the rest says more about it. 0 for what is no error of SQLite. */
function primaryCode(thrown: unknown): number {
  return thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : 0
}
