import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { mkdtemp, writeFile as writeNodeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileFailure, systemCodeOf } from './file-failure'

/**
 * Writes a text file that only this user can read, in a folder of its own among the temporary files. Returns its path.
 *
 * @throws WorkbenchError `io` when it cannot be written.
 */
export async function writePrivateFile(name: string, text: string): Promise<string> {
  const folderPrefix = join(tmpdir(), 'lathe-')
  try {
    // The folder is made for its owner only, whatever the permissions that files get by default.
    const path = join(await mkdtemp(folderPrefix), name)
    await writeNodeFile(path, text, { mode: 0o600 })
    return path
  } catch (thrown) {
    throw fileFailure(thrown, 'write', folderPrefix)
  }
}

/** What is read at most: these files hold secrets, not data. */
const mostBytes = 4096

/**
 * The text of a file that only this user can read and write; undefined when there is none, or when somebody else may
 * have read or written it: then it is no secret. Windows has no such permissions, and its folders of users are their own.
 *
 * @throws WorkbenchError `io` when it is there but cannot be read.
 */
export function readPrivateFile(path: string): string | undefined {
  let file: number
  try {
    // A link could lead to a file that somebody else has chosen.
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  } catch (thrown) {
    if (['ENOENT', 'ELOOP', 'EMLINK'].includes(systemCodeOf(thrown) ?? '')) return undefined
    throw fileFailure(thrown, 'read', path)
  }
  try {
    const status = fstatSync(file)
    if (!status.isFile() || status.size > mostBytes) return undefined
    const isShared = (status.mode & 0o077) !== 0 || status.uid !== process.getuid?.()
    return process.platform !== 'win32' && isShared ? undefined : readFileSync(file, 'utf8')
  } catch (thrown) {
    throw fileFailure(thrown, 'read', path)
  } finally {
    closeSync(file)
  }
}

/**
 * Writes a text file that only this user can read, in place of whatever was there; it is complete or not there at all.
 *
 * @throws WorkbenchError `io` when it cannot be written.
 */
export function replacePrivateFile(path: string, text: string): void {
  const aside = `${path}.${randomUUID()}`
  try {
    writeFileSync(aside, text, { flag: 'wx', mode: 0o600, flush: true })
    renameSync(aside, path)
  } catch (thrown) {
    rmSync(aside, { force: true })
    throw fileFailure(thrown, 'write', path)
  }
}
