/** The port through which data sets are read: what a layout needs of a file system, so that parsing stays pure. */
import { WorkbenchError } from '@contract/errors'

export interface FolderEntry {
  readonly name: string
  readonly kind: 'file' | 'folder'
}

/** Paths are relative to the folder with forward slashes, `''` being the folder itself, or absolute. */
export interface DataFolder {
  /** For messages; usually the last part of its path. */
  readonly name: string
  /** In any order. @throws WorkbenchError `not-found` when `path` is no folder. */
  list(path: string): Promise<readonly FolderEntry[]>
  /** UTF-8. @throws WorkbenchError `not-found` when `path` is no file. */
  readText(path: string): Promise<string>
  /** Whether there is a file, or a link to one, at `path`. */
  has(path: string): Promise<boolean>
}

/** What a user points at: a folder, or a file with the folder that its paths start from. */
export interface DatasetSource {
  readonly folder: DataFolder
  /** The file's name in `folder`; absent when the folder itself is meant. */
  readonly file?: string
}

/** The entries of one kind by name, in an order that does not depend on the file system or the language. */
export async function listNames(
  folder: DataFolder,
  path: string,
  kind: FolderEntry['kind']
): Promise<string[]> {
  const entries = await folder.list(path)
  return entries
    .filter((entry) => entry.kind === kind)
    .map(({ name }) => name)
    .sort((a, b) => (a < b ? -1 : 1))
}

const audioExtension = /\.(wav|flac|mp3|ogg|oga|opus)$/i

/** Whether a file's name is that of sound that Lathe decodes. */
export function isAudioFile(name: string): boolean {
  return audioExtension.test(name)
}

const manifestExtension = /\.(jsonl|csv|tsv)$/i

/** The files directly in `folder` that look like tables or manifests of a data set. */
export async function listManifests(folder: DataFolder): Promise<string[]> {
  return (await listNames(folder, '', 'file')).filter((name) => manifestExtension.test(name))
}

/** `path` as seen from the folder at `base`; an absolute path stays as it is. */
export function joinPath(base: string, path: string): string {
  const isAbsolute = path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)
  return base === '' || isAbsolute ? path : `${base}/${path}`
}

/** @throws WorkbenchError `invalid-input` when `source` is a folder, for a layout that is one file. */
export function requireFile({ folder, file }: DatasetSource, layout: string): string {
  if (file === undefined) {
    throw new WorkbenchError(
      'invalid-input',
      `'${folder.name}' is a folder, but the layout '${layout}' is a file; open a file in it.`
    )
  }
  return file
}
