/** The library of a workspace: which models and data sets it knows, and what a path that may join them is. */
import { basename, dirname, join, sep } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import type { WorkbenchEvent } from '@contract/events'
import type { Demo, Library, LibraryEntry, LibraryPreview } from '@contract/library'
import type { AllowedFolders } from '../workspace/allowed-folders'
import type { LibraryRecord, LibraryRecords } from '../workspace/library-records'
import { randomKey } from '../workspace/random-key'
import type { RecognizedPath } from './preview-path'
import type { ServiceOptions } from './requests'

/** Where the demo is that came with Lathe; absolute, links followed. */
export interface DemoFiles {
  /** Holds a model and data sets, each in a folder or file of its own. */
  readonly folder: string
  readonly recipePath: string
}

export interface LibraryParts {
  readonly records: LibraryRecords
  readonly folders: AllowedFolders
  readonly demo: DemoFiles | undefined
  readonly preview: (path: string, options?: ServiceOptions) => Promise<RecognizedPath>
  readonly publish: (event: WorkbenchEvent) => void
  /** The moment, ISO 8601 in UTC. */
  readonly now: () => string
}

/** Every change is told as `library.changed`; unknown entries throw WorkbenchError `not-found`. */
export interface LibraryService {
  list(): Library
  /** @throws WorkbenchError `not-found` when the path is not there or not allowed. */
  preview(path: string, options?: ServiceOptions): Promise<LibraryPreview>
  /** Adds what a path leads to, or brings its entry up to date. @throws `invalid-input` when it is neither kind. */
  add(path: string, options?: ServiceOptions): Promise<LibraryEntry>
  /** Adds everything of the demo. @throws `not-found` when none came with Lathe. */
  addDemo(options?: ServiceOptions): Promise<Library>
  /** Notes that an entry was opened. */
  use(entryId: string): LibraryEntry
  /** Forgets an entry; its files stay, and `restore` takes it back. */
  remove(entryId: string): void
  restore(entryId: string): LibraryEntry
  /** Gives an entry the path that its files have now. @throws `conflict` when there is something else. */
  relocate(entryId: string, path: string, options?: ServiceOptions): Promise<LibraryEntry>
}

export function createLibrary(parts: LibraryParts): LibraryService {
  const { records, folders } = parts
  /** What adding found out already: a preview is mostly followed by adding what it showed. */
  const recognized = new Map<string, RecognizedPath>()

  function shown(record: LibraryRecord): LibraryEntry {
    return { ...record, obstacle: obstacleOf(record.path, folders) }
  }

  function all(): Library {
    const entries = records.list().map(shown)
    return { entries, demo: parts.demo === undefined ? null : offered(parts.demo, entries) }
  }

  function changed(record: LibraryRecord): LibraryEntry {
    parts.publish({ kind: 'library.changed' })
    return shown(record)
  }

  async function look(path: string, options?: ServiceOptions): Promise<LibraryPreview> {
    const real = folders.resolve(path)
    const found = await parts.preview(real, options)
    if ('reasons' in found) return { path: real, facts: null, reasons: found.reasons }
    recognized.clear()
    recognized.set(real, found)
    return {
      path: real,
      name: nameOf(real),
      facts: found.facts,
      entryId: records.find(real)?.entryId ?? null
    }
  }

  async function recognize(path: string, options?: ServiceOptions): Promise<LibraryRecord> {
    const real = folders.resolve(path)
    const known = recognized.get(real)
    recognized.delete(real)
    const found = known ?? (await parts.preview(real, options))
    if ('reasons' in found) {
      throw new WorkbenchError('invalid-input', found.reasons.join(' '), { details: { path: real } })
    }
    const addedAt = parts.now()
    return { entryId: randomKey(), path: real, name: nameOf(real), facts: found.facts, addedAt, usedAt: null }
  }

  return {
    list: all,
    preview: look,
    add: async (path, options) => changed(records.add(await recognize(path, options))),
    async addDemo(options) {
      for (const path of await demoPaths(parts.demo, folders)) {
        const found = await look(path, options)
        // Notes may lie beside what is meant to be added.
        if (found.facts !== null) records.add(await recognize(path, options))
      }
      parts.publish({ kind: 'library.changed' })
      return all()
    },
    use: (entryId) => changed(records.change(entryId, { usedAt: parts.now() })),
    remove(entryId) {
      records.remove(entryId, parts.now())
      parts.publish({ kind: 'library.changed' })
    },
    restore: (entryId) => changed(records.restore(entryId)),
    async relocate(entryId, path, options) {
      const { name, facts } = records.read(entryId)
      const found = await recognize(path, options)
      assertSame(name, facts, found)
      return changed(records.change(entryId, { path: found.path, name: found.name, facts: found.facts }))
    }
  }
}

/** A model in the usual `model.onnx` is called after its folder. */
function nameOf(path: string): string {
  const file = basename(path)
  return file === 'model.onnx' ? basename(dirname(path)) : file
}

function obstacleOf(path: string, folders: AllowedFolders): string | null {
  try {
    folders.resolve(path)
    return null
  } catch (thrown) {
    if (thrown instanceof WorkbenchError) return thrown.message
    throw thrown
  }
}

function offered({ folder, recipePath }: DemoFiles, entries: readonly LibraryEntry[]): Demo {
  const isAdded = entries.some(({ facts, path }) => facts.kind === 'model' && path.startsWith(folder + sep))
  return { recipePath, isAdded }
}

/** What of the demo may be a model or a data set: the recordings of a manifest lie in a folder called like it. */
async function demoPaths(demo: DemoFiles | undefined, folders: AllowedFolders): Promise<string[]> {
  if (demo === undefined) {
    throw new WorkbenchError('not-found', 'No demo came with this Lathe: add a model of your own.')
  }
  const { entries } = await folders.list(demo.folder, { showHidden: false })
  const manifests = new Set(entries.map(({ name }) => name).filter((name) => name.endsWith('.jsonl')))
  return entries
    .filter(({ kind, name }) => (kind === 'file' ? manifests.has(name) : !manifests.has(`${name}.jsonl`)))
    .map(({ name }) => join(demo.folder, name))
}

/** Another model under an old name would make its studies look like the old one's. */
function assertSame(name: string, before: LibraryEntry['facts'], found: LibraryRecord): void {
  const { facts, path } = found
  const isSame =
    facts.kind === 'model'
      ? before.kind === 'model' && before.modelHash === facts.modelHash
      : before.kind === 'dataset' &&
        before.layout === facts.layout &&
        before.utterances === facts.utterances &&
        before.speakers === facts.speakers
  if (isSame) return
  throw new WorkbenchError(
    'conflict',
    `'${path}' is not '${name}' at another place but something else: add it as a new entry instead.`,
    { details: { path } }
  )
}
