import { computed, ref, shallowRef } from 'vue'
import type { FolderEntry, FolderListing } from '@contract/workbench-data'
import type { Api } from '../api/client'
import type { PathRequest } from '../app/path-dialog'
import { failureMessage } from '../format/failure-message'

/** A step of the path from a root down to the folder that is shown. */
export interface PathStep {
  readonly name: string
  readonly path: string
}

/** How far Page Up and Page Down go. */
const pageEntries = 10

/**
 * Walking through the host's folders: what is shown, which entry is marked, and what would be chosen. Knows no
 * elements, so that keys and clicks can be tested without a page.
 */
export function useFolderBrowser(host: Pick<Api, 'call'>, request: Omit<PathRequest, 'title'>) {
  const listing = shallowRef<FolderListing>()
  const roots = shallowRef<readonly string[]>([])
  const failure = ref<string>()
  const isLoading = ref(false)
  const filter = ref('')
  const showHidden = ref(false)
  /** Place of the marked entry in `entries`; -1 while the folder itself is meant. */
  const marked = ref(-1)
  let lastAttempt = 0
  let lastWanted: string | undefined

  const offered = computed(() => (listing.value?.entries ?? []).filter((entry) => isOffered(entry, request)))
  const entries = computed(() => {
    const wanted = filter.value.trim().toLowerCase()
    return offered.value.filter(({ name }) => name.toLowerCase().includes(wanted))
  })
  /** Files of the folder that cannot be chosen because of their ending. */
  const withheldCount = computed(() => (listing.value?.entries.length ?? 0) - offered.value.length)
  const steps = computed(() => pathSteps(listing.value?.folder, roots.value))
  /** What `Choose` chooses now. */
  const target = computed(() => {
    const entry = entries.value[marked.value]
    if (entry !== undefined && isChoosable(entry, request)) return entry.path
    return request.accept === 'file' || entry !== undefined ? undefined : listing.value?.folder
  })

  /** Shows a folder; the first root when left out. One that cannot be read leaves what is shown as it is. */
  async function open(folder: string | undefined): Promise<void> {
    const attempt = ++lastAttempt
    lastWanted = folder
    isLoading.value = true
    try {
      const wanted = folder === undefined ? {} : { folder }
      const found = await host.call('files.list', { ...wanted, showHidden: showHidden.value })
      if (attempt !== lastAttempt) return
      const came = listing.value?.folder
      const isSame = came === found.folder
      listing.value = found
      failure.value = undefined
      if (!isSame) filter.value = ''
      // Coming up again, the folder that one was in is marked, so that Enter goes back.
      marked.value = isSame ? Math.min(marked.value, entries.value.length - 1) : indexOf(came)
    } catch (thrown) {
      if (attempt === lastAttempt) failure.value = failureMessage(thrown)
    } finally {
      if (attempt === lastAttempt) isLoading.value = false
    }
  }

  function indexOf(path: string | undefined): number {
    return entries.value.findIndex((entry) => entry.path === path)
  }

  /** Begins at `start` where that can be opened, otherwise at the first root. */
  async function begin(): Promise<void> {
    const described = host.call('app.describe', {}).then(
      (app) => {
        roots.value = app.roots
      },
      // The list of the folder tells the same failure.
      () => undefined
    )
    await open(request.start)
    if (failure.value !== undefined && request.start !== undefined) await open(undefined)
    await described
  }

  /** What Enter or a double click does: opens a folder, and says the path of what is chosen. */
  function activate(entry: FolderEntry): string | undefined {
    if (entry.kind === 'file') return isChoosable(entry, request) ? entry.path : undefined
    void open(entry.path)
    return undefined
  }

  function goUp(): void {
    const parent = listing.value?.parent
    if (typeof parent === 'string') void open(parent)
  }

  function setFilter(text: string): void {
    filter.value = text
    marked.value = text.trim() === '' || entries.value.length === 0 ? -1 : 0
  }

  function setShowHidden(shown: boolean): void {
    showHidden.value = shown
    void open(listing.value?.folder ?? lastWanted)
  }

  /** Moves the mark for a key that moves; false for every other key. */
  function move(key: string): boolean {
    const last = entries.value.length - 1
    const place = movedTo(key, marked.value, last)
    if (place === undefined) return false
    marked.value = Math.max(Math.min(place, last), Math.min(0, last))
    return true
  }

  return {
    listing,
    roots,
    failure,
    isLoading,
    filter,
    showHidden,
    marked,
    entries,
    withheldCount,
    steps,
    target,
    begin,
    open,
    retry: () => open(lastWanted),
    activate,
    goUp,
    setFilter,
    setShowHidden,
    move
  }
}

function movedTo(key: string, from: number, last: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return from + 1
    case 'ArrowUp':
      return from - 1
    case 'PageDown':
      return from + pageEntries
    case 'PageUp':
      return from - pageEntries
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return undefined
  }
}

type Accepted = Pick<PathRequest, 'accept' | 'extensions'>

function isOffered(entry: FolderEntry, { accept, extensions }: Accepted): boolean {
  // Where a folder is chosen its files are shown too: they tell which folder it is.
  if (entry.kind === 'folder' || accept === 'folder' || extensions === undefined) return true
  return extensions.some((extension) => entry.name.toLowerCase().endsWith(extension))
}

/** Whether an entry that is listed may be chosen. */
export function isChoosable(entry: FolderEntry, { accept }: Accepted): boolean {
  return accept === 'either' || accept === entry.kind
}

/** The folders from the nearest root down to `folder`, the root under its whole path. */
function pathSteps(folder: string | undefined, roots: readonly string[]): PathStep[] {
  if (folder === undefined) return []
  const separator = folder.includes('\\') ? '\\' : '/'
  const root = roots
    .filter(
      (each) => folder === each || folder.startsWith(each.endsWith(separator) ? each : each + separator)
    )
    .reduce((longest, each) => (each.length > longest.length ? each : longest), '')
  const names = folder
    .slice(root.length)
    .split(separator)
    .filter((name) => name !== '')
  const steps: PathStep[] = [{ name: root === '' ? separator : root, path: root === '' ? separator : root }]
  for (const name of names) {
    const parent = steps.at(-1)?.path ?? ''
    steps.push({ name, path: parent.endsWith(separator) ? parent + name : parent + separator + name })
  }
  return steps
}
