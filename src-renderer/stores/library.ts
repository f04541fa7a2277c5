import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { WorkbenchError } from '@contract/errors'
import type { Demo, LibraryEntry, LibraryPreview } from '@contract/library'
import { useHost } from '../app/host'
import { failureMessage } from '../format/failure-message'

/** The models and data sets of the workspace, and the path that is about to join them. */
export const useLibraryStore = defineStore('library', () => {
  const host = useHost()
  /** Undefined until they were read once. */
  const entries = shallowRef<readonly LibraryEntry[]>()
  /** Null where none came with Lathe. */
  const demo = shallowRef<Demo | null>(null)
  const failure = ref<string>()
  /** The path that is looked at or added now. */
  const busyWith = ref<string>()
  const preview = shallowRef<LibraryPreview>()
  /** What was removed last, for as long as that can be taken back. */
  const removed = shallowRef<LibraryEntry>()
  let stop: AbortController | undefined
  let lastLoad = 0

  const models = computed(() => entries.value?.filter(({ facts }) => facts.kind === 'model') ?? [])
  const datasets = computed(() => entries.value?.filter(({ facts }) => facts.kind === 'dataset') ?? [])

  async function load(): Promise<void> {
    const attempt = ++lastLoad
    await attempting(async () => {
      const library = await host.call('library.list', {})
      if (attempt !== lastLoad) return
      entries.value = library.entries
      demo.value = library.demo
    })
  }

  /** Runs `work`; what it throws is shown, unless the user took it back. */
  async function attempting(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (thrown) {
      const isCancelled = thrown instanceof WorkbenchError && thrown.code === 'cancelled'
      if (!isCancelled) failure.value = failureMessage(thrown)
      return false
    }
  }

  /** Runs `work` on a path, which takes seconds; a later one takes its place. */
  async function working(path: string, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    stop?.abort()
    const own = new AbortController()
    stop = own
    failure.value = undefined
    busyWith.value = path
    try {
      return await attempting(() => work(own.signal))
    } finally {
      if (stop === own) busyWith.value = undefined
    }
  }

  /** Finds out what a path is; `preview` then says it. */
  function look(path: string): Promise<boolean> {
    preview.value = undefined
    return working(path, async (signal) => {
      preview.value = await host.call('library.preview', { path }, { signal })
    })
  }

  /** Adds what `preview` shows. */
  async function addPreviewed(): Promise<void> {
    const path = preview.value?.path
    if (path === undefined) return
    await working(path, async (signal) => {
      await host.call('library.add', { path }, { signal })
      preview.value = undefined
    })
  }

  function addDemo(name: string): Promise<boolean> {
    return working(name, async (signal) => {
      await host.call('library.addDemo', {}, { signal })
    })
  }

  function relocate(entry: LibraryEntry, path: string): Promise<boolean> {
    return working(path, async (signal) => {
      await host.call('library.relocate', { entryId: entry.entryId, path }, { signal })
    })
  }

  function stopWorking(): void {
    stop?.abort()
    preview.value = undefined
  }

  /** Notes that an entry is opened elsewhere; that it is opened does not depend on it. */
  function use(entry: LibraryEntry): void {
    void attempting(async () => {
      await host.call('library.use', { entryId: entry.entryId })
    })
  }

  async function remove(entry: LibraryEntry): Promise<void> {
    await attempting(async () => {
      await host.call('library.remove', { entryId: entry.entryId })
      removed.value = entry
    })
  }

  async function restore(): Promise<void> {
    const entry = removed.value
    if (entry === undefined) return
    await attempting(async () => {
      await host.call('library.restore', { entryId: entry.entryId })
      removed.value = undefined
    })
  }

  host.onEvent((event) => {
    if (event.kind === 'library.changed') void load()
  })
  host.onReload(() => void load())
  void load()

  return {
    entries,
    models,
    datasets,
    demo,
    failure,
    busyWith,
    preview,
    removed,
    load,
    look,
    addPreviewed,
    addDemo,
    relocate,
    stopWorking,
    use,
    remove,
    restore
  }
})
