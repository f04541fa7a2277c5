import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { fileFailure } from './file-failure'
import { readTextFile } from './files'

/** A data set on disk. The speech room's `DataFolder` over files. */
export interface DataFolderFiles {
  readonly name: string
  /** Absolute. */
  readonly path: string
  list(path: string): Promise<{ readonly name: string; readonly kind: 'file' | 'folder' }[]>
  readText(path: string): Promise<string>
  has(path: string): Promise<boolean>
}

/** What a path to a data set stands for: a folder, or a file in one. The speech room's `DatasetSource`. */
export interface DatasetFiles {
  readonly folder: DataFolderFiles
  readonly file?: string
}

/**
 * Opens the folder at `path`, or the folder of the file at `path`.
 *
 * @throws WorkbenchError `not-found` when there is nothing at `path`, `io` when it cannot be looked at.
 */
export function openDatasetFiles(path: string): DatasetFiles {
  const absolute = resolve(path)
  if (isFolder(absolute)) return { folder: openFolder(absolute) }
  return { folder: openFolder(dirname(absolute)), file: basename(absolute) }
}

function openFolder(root: string): DataFolderFiles {
  return {
    name: basename(root),
    path: root,
    async list(path) {
      const folder = resolve(root, path)
      try {
        const entries = await readdir(folder, { withFileTypes: true })
        // A link counts as what it leads to; one that leads nowhere is a file that will be missing.
        return entries.map((entry) => ({
          name: entry.name,
          kind: entry.isSymbolicLink()
            ? kindAt(resolve(folder, entry.name))
            : entry.isDirectory()
              ? 'folder'
              : 'file'
        }))
      } catch (thrown) {
        throw fileFailure(thrown, 'list', folder)
      }
    },
    readText: (path) => readTextFile(resolve(root, path)),
    has: async (path) => existsSync(resolve(root, path)) && kindAt(resolve(root, path)) === 'file'
  }
}

function kindAt(path: string): 'file' | 'folder' {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? 'folder' : 'file'
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (thrown) {
    throw fileFailure(thrown, 'open', path)
  }
}
