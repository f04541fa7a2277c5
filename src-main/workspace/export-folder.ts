import { existsSync } from 'node:fs'
import { readdir, rename, rmdir, stat } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { fileFailure, systemCodeOf } from './file-failure'
import { removeQuietly, syncFolder } from './files'
import { makeFolder } from './make-folder'

/** A file of a written folder. */
export interface FolderFile {
  /** Path from the folder, with forward slashes. */
  readonly name: string
  readonly sizeBytes: number
}

/**
 * Makes a folder complete or not at all: `fill` writes into a folder beside it, which is then renamed.
 *
 * Returns its files, those in folders inside included, in order of name.
 *
 * @throws WorkbenchError `conflict` when `folder` is there and not empty: nothing of the user's is overwritten; `io`
 * when it cannot be written; what `fill` throws, if it has a code.
 */
export async function writeFolder(
  folder: string,
  fill: (asideFolder: string) => Promise<void>
): Promise<FolderFile[]> {
  const target = resolve(folder)
  const aside = join(dirname(target), `.${basename(target)}.${randomUUID()}.partial`)
  try {
    const isThere = await isEmptyFolder(target)
    makeFolder(aside)
    await fill(aside)
    // Windows does not rename onto a folder, not even an empty one. Should files have appeared in it, this fails.
    if (isThere) await rmdir(target)
    await rename(aside, target)
    await syncFolder(dirname(target))
    return await listFiles(target)
  } catch (thrown) {
    await removeQuietly(aside)
    throw fileFailure(thrown, 'write', folder)
  }
}

/** The path, or the first of `path-2`, `path-3` and so on at which there is nothing. */
export function unusedPath(path: string): string {
  let unused = path
  for (let number = 2; existsSync(unused); number++) unused = `${path}-${number}`
  return unused
}

/** Whether there is an empty folder; false when there is nothing. @throws WorkbenchError `conflict` for anything else. */
async function isEmptyFolder(folder: string): Promise<boolean> {
  const found = await stat(folder).catch((thrown: unknown) => {
    if (systemCodeOf(thrown) === 'ENOENT') return undefined
    throw thrown
  })
  if (found === undefined) return false
  if (found.isDirectory() && (await readdir(folder)).length === 0) return true
  throw new WorkbenchError('conflict', `'${folder}' is there already and not empty; choose another folder.`, {
    details: { folder }
  })
}

async function listFiles(folder: string): Promise<FolderFile[]> {
  const paths = await readdir(folder, { recursive: true })
  const entries = await Promise.all(
    paths.map(async (path) => ({
      name: path.split(sep).join('/'),
      found: await stat(join(folder, path))
    }))
  )
  return entries
    .flatMap(({ name, found }) => (found.isFile() ? [{ name, sizeBytes: found.size }] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
