import { mkdtemp, writeFile as writeNodeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileFailure } from './file-failure'

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
