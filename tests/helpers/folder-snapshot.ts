import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Every file under `folder` with a hash of its content, to see whether anything was changed, added or left behind.
 *
 * SQLite's own files are left out: opening a database may tidy them without changing what it holds.
 */
export function snapshotFolder(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    .filter(({ entry }) => !/\.sqlite(-wal|-shm)?$/.test(entry.name))
    .map(({ entry, path }): [string, string] => [
      path.slice(folder.length + 1),
      entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder'
    ])
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)))
}
