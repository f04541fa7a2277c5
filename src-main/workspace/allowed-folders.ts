/**
 * The part of the disk that a page may name. A path is taken only when the file that it leads to, every link on the
 * way followed, lies in one of the allowed folders.
 */
import { realpathSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import type { FolderEntry, FolderListing } from '@contract/workbench-data'
import { WorkbenchError } from '@contract/errors'
import { fileFailure } from './file-failure'

export interface AllowedFolders {
  /** Absolute, links followed. */
  readonly roots: readonly string[]
  /**
   * The real path of an existing file or folder.
   *
   * @throws WorkbenchError `invalid-input` when it is relative, `not-found` when it is not there or not allowed.
   */
  resolve(path: string): string
  /** The entries of a folder; of the first root when left out. @throws as `resolve`. */
  list(folder: string | undefined, options: { readonly showHidden: boolean }): Promise<FolderListing>
}

/** More than a person looks through; a folder of 100,000 recordings must not become one giant message. */
const maximumEntries = 2000

/**
 * - `folders`    at least one; links are followed once, here.
 * - `isConfined` false where the user chooses files with the system's own dialog: any path is then taken, and the
 *   folders are only where choosing begins.
 */
export function allowFolders(folders: readonly string[], isConfined = true): AllowedFolders {
  const roots = [...new Set(folders.map((folder) => realPathOf(resolve(folder))))]
  const isAllowed = (path: string) => !isConfined || roots.some((root) => isInside(path, root))
  const resolvePath = (path: string): string => {
    if (!isAbsolute(path)) {
      throw new WorkbenchError('invalid-input', `'${path}' is relative: give the whole path.`)
    }
    const folder = resolve(path)
    // Twice: before the disk is asked, so that nobody learns what exists outside, and after links were followed.
    const real = isLexicallyAllowed(folder) ? realPathOf(folder) : undefined
    if (real === undefined || !isAllowed(real)) {
      throw new WorkbenchError(
        'not-found',
        `'${path}' is outside the folders that may be opened (${roots.join(', ')}): choose a path inside them, or start Lathe with --root for its folder.`
      )
    }
    return real
  }
  function isLexicallyAllowed(path: string): boolean {
    // A root may have been given by a link; both of its names lead inside.
    return isAllowed(path) || folders.some((folder) => isInside(path, resolve(folder)))
  }
  return {
    roots,
    resolve: resolvePath,
    async list(folder = roots[0], { showHidden }) {
      const real = resolvePath(folder ?? '/')
      const parent = dirname(real)
      const { entries, isCut } = await readEntries(real, showHidden)
      const isTop = parent === real || !isAllowed(parent)
      return { folder: real, parent: isTop ? null : parent, entries, isCut }
    }
  }
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (thrown) {
    throw fileFailure(thrown, 'open', path)
  }
}

async function readEntries(
  folder: string,
  showHidden: boolean
): Promise<{ entries: FolderEntry[]; isCut: boolean }> {
  const names = await readdir(folder).catch((thrown: unknown) => {
    throw fileFailure(thrown, 'list the folder', folder)
  })
  const wanted = names.filter((name) => showHidden || !name.startsWith('.')).sort(compareNames)
  const found = await Promise.all(wanted.slice(0, maximumEntries).map((name) => readEntry(folder, name)))
  const entries = found.flat()
  return {
    entries: [
      ...entries.filter(({ kind }) => kind === 'folder'),
      ...entries.filter(({ kind }) => kind === 'file')
    ],
    isCut: wanted.length > maximumEntries
  }
}

async function readEntry(folder: string, name: string): Promise<FolderEntry[]> {
  const path = join(folder, name)
  try {
    const found = await stat(path)
    if (found.isDirectory()) return [{ name, path, kind: 'folder', sizeBytes: null }]
    return found.isFile() ? [{ name, path, kind: 'file', sizeBytes: found.size }] : []
  } catch {
    // A link that leads nowhere, or a file that was removed meanwhile, cannot be chosen.
    return []
  }
}

function compareNames(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true, sensitivity: 'base' })
}
