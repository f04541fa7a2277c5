import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { readTextFile } from './files'

/**
 * The text of the one file in a folder, whatever its name: for programs that name what they write themselves.
 *
 * @throws WorkbenchError `io` when there is another number of files.
 */
export async function readSingleFile(folder: string): Promise<string> {
  const names = await readdir(folder)
  const [name, ...others] = names
  if (name === undefined || others.length > 0) {
    throw new WorkbenchError('io', `The folder '${folder}' has ${names.length} files, expected one.`)
  }
  return readTextFile(join(folder, name))
}
