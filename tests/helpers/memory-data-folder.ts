import { WorkbenchError } from '@contract/errors'
import type { DataFolder, FolderEntry } from '../../src-main/speech/datasets/data-folder'

/** A data set's folder that exists only as paths and texts, under the name `set`. */
export function memoryDataFolder(files: Readonly<Record<string, string>>): DataFolder {
  const missing = (path: string) => new WorkbenchError('not-found', `There is no '${path}'.`)
  return {
    name: 'set',
    async list(path) {
      const prefix = path === '' ? '' : `${path}/`
      const inside = Object.keys(files).filter((file) => file.startsWith(prefix))
      if (inside.length === 0) throw missing(path)
      const entries = inside.map((file): FolderEntry => {
        const [name = '', ...rest] = file.slice(prefix.length).split('/')
        return { name, kind: rest.length === 0 ? 'file' : 'folder' }
      })
      return [...new Map(entries.map((entry) => [entry.name, entry])).values()].reverse()
    },
    async readText(path) {
      const text = files[path]
      if (text === undefined) throw missing(path)
      return text
    },
    has: async (path) => path in files
  }
}
