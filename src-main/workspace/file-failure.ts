import { WorkbenchError, type ErrorCode } from '@contract/errors'

/** What the operating system's words mean for a user: the code of the error, and the reason with the next step. */
const reasons: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['not-found', 'it does not exist; check the path'],
  ENOTDIR: ['not-found', 'a part of its path is a file, expected a folder; check the path'],
  EISDIR: ['io', 'it is a folder, expected a file'],
  EEXIST: ['conflict', 'it is already there; choose another name'],
  EACCES: ['io', 'access is denied; check who owns it and its permissions'],
  EPERM: ['io', 'access is denied; check who owns it and its permissions'],
  EROFS: ['io', 'the file system is read-only; choose another folder'],
  ENOSPC: ['io', 'the disk is full; free some space and try again'],
  EDQUOT: ['io', 'the quota of the disk is used up; free some space and try again'],
  EFBIG: ['io', 'it would be larger than the disk or a limit on it allows; choose another folder'],
  EMFILE: ['io', 'too many files are open; close other programs and try again'],
  ENFILE: ['io', 'too many files are open; close other programs and try again'],
  EBUSY: ['io', 'another program is using it; close that program and try again'],
  ENAMETOOLONG: ['invalid-input', 'its name is too long; choose a shorter one'],
  ERR_FS_FILE_TOO_LARGE: ['io', 'it is larger than 2 GiB, more than can be read at once']
}

/**
 * The coded error for a failed access to `path`; an error that already has a code passes through.
 *
 * - `action` completes "Could not ... 'path'": `read`, `write`, `open`.
 */
export function fileFailure(thrown: unknown, action: string, path: string): WorkbenchError {
  if (thrown instanceof WorkbenchError) return thrown
  const systemCode = systemCodeOf(thrown) ?? 'none'
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const [code, reason] = reasons[systemCode] ?? (['io', `the system reports "${message}"`] as const)
  return new WorkbenchError(code, `Could not ${action} '${path}': ${reason}.`, {
    details: { path, systemCode },
    cause: thrown
  })
}

/** Node's name for a system error (`ENOENT`), when it is one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' ? thrown.code : undefined
}
