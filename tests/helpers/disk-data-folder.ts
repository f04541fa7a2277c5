import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { DataFolder } from '../../src-main/speech/datasets/data-folder'

/** The folder at `root` as a data set is read from it. */
export function diskDataFolder(root: string): DataFolder {
  return {
    name: basename(root),
    list: async (path) =>
      readdirSync(resolve(root, path), { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        kind: entry.isDirectory() ? 'folder' : 'file'
      })),
    readText: async (path) => readFileSync(resolve(root, path), 'utf8'),
    has: async (path) => existsSync(resolve(root, path))
  }
}
