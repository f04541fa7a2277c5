import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { fileFailure } from './file-failure'
import { removeQuietly } from './files'

/** A file of a written folder. */
export interface FolderFile {
  readonly name: string
  readonly sizeBytes: number
}

/**
 * Makes a folder complete or not at all: `fill` writes into a folder beside it, which is then renamed.
 *
 * @throws WorkbenchError `conflict` when `folder` is there and not empty: nothing of the user's is overwritten.
 */
export async function writeFolder(
  folder: string,
  fill: (asideFolder: string) => Promise<void>
): Promise<FolderFile[]> {
  if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0)) {
    throw new WorkbenchError(
      'conflict',
      `'${folder}' is there already and not empty; choose another folder.`,
      {
        details: { folder }
      }
    )
  }
  const aside = join(dirname(folder), `.${basename(folder)}.${randomUUID()}.partial`)
  try {
    await mkdir(aside, { recursive: true })
    await fill(aside)
    // An empty folder of that name is replaced by the rename.
    await rename(aside, folder)
  } catch (thrown) {
    await removeQuietly(aside)
    throw fileFailure(thrown, 'write', folder)
  }
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, sizeBytes: statSync(join(folder, name)).size }))
}
