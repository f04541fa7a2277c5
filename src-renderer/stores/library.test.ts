import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import type { DatasetFacts, LibraryEntry, ModelFacts } from '@contract/library'
import { openStoreHost, type StoreHandlers, type StoreHost } from '../../tests/helpers/store-host'
import { useLibraryStore } from './library'

const model = { kind: 'model', family: 'ctc-encoder' } as ModelFacts
const dataset = { kind: 'dataset', layout: 'nemo' } as DatasetFacts
const entry = (name: string, facts: LibraryEntry['facts'] = model): LibraryEntry => ({
  entryId: `id of ${name}`,
  path: `/data/${name}`,
  name,
  facts,
  addedAt: '2026-01-01T00:00:00Z',
  usedAt: null,
  obstacle: null
})

const demo = { recipePath: '/lathe/recipes/demo.json', isAdded: false }

let host: StoreHost
let handlers: StoreHandlers
let listed: LibraryEntry[]

beforeEach(() => {
  listed = [entry('speech', dataset), entry('small')]
  handlers = { 'library.list': () => ({ entries: listed, demo }) }
  host = openStoreHost(handlers)
})
afterEach(() => {
  host.api.close()
})

async function opened() {
  const library = useLibraryStore()
  await vi.waitUntil(() => library.entries)
  return library
}
const names = (entries: readonly LibraryEntry[]) => entries.map(({ name }) => name)

describe('the library of a page', () => {
  it('is read at once, and split by kind', async () => {
    const library = await opened()
    expect(names(library.models)).toEqual(['small'])
    expect(names(library.datasets)).toEqual(['speech'])
    expect(library.demo).toEqual(demo)
  })

  it('follows changes, and is read again after missed ones', async () => {
    const library = await opened()
    listed = [entry('other')]
    host.publish({ kind: 'library.changed' })
    await vi.waitUntil(() => names(library.models).includes('other'))
    listed = [entry('third')]
    host.restart()
    await vi.waitUntil(() => names(library.models).includes('third'))
  })

  it('shows what a path is, then adds it', async () => {
    const library = await opened()
    handlers['library.preview'] = ({ path }) => ({ path, name: 'new', facts: model, entryId: null })
    handlers['library.add'] = () => entry('new')
    const looking = library.look('/data/new')
    expect(library.busyWith).toBe('/data/new')
    await looking
    expect(library.busyWith).toBeUndefined()
    expect(library.preview).toMatchObject({ name: 'new' })
    await library.addPreviewed()
    expect(library.preview).toBeUndefined()
    expect(host.asked.at(-1)).toEqual({ name: 'library.add', params: { path: '/data/new' } })
  })

  it('says why a path cannot be looked at', async () => {
    const library = await opened()
    handlers['library.preview'] = () => {
      throw new WorkbenchError('not-found', 'There is nothing.')
    }
    await library.look('/data/new')
    expect(library.failure).toBe('There is nothing.')
    expect(library.preview).toBeUndefined()
  })

  it('stops looking without calling that a failure', async () => {
    const library = await opened()
    handlers['library.preview'] = () => new Promise(() => undefined)
    const looking = library.look('/data/new')
    library.stopWorking()
    await looking
    expect(library.failure).toBeUndefined()
    expect(library.busyWith).toBeUndefined()
  })

  it('shows the path chosen last of two that are looked at in a row', async () => {
    const library = await opened()
    let finishFirst: (() => void) | undefined
    handlers['library.preview'] = ({ path }) =>
      new Promise((resolve) => {
        const answer = () => {
          resolve({ path, name: path, facts: model, entryId: null })
        }
        if (path === 'first') finishFirst = answer
        else answer()
      })
    const first = library.look('first')
    await library.look('second')
    finishFirst?.()
    await first
    expect(library.preview?.path).toBe('second')
  })

  it('takes a removal back', async () => {
    const library = await opened()
    const [small] = library.models
    handlers['library.remove'] = ({ entryId }) => ({ entryId })
    handlers['library.restore'] = () => entry('small')
    await library.remove(small!)
    expect(library.removed?.name).toBe('small')
    await library.restore()
    expect(library.removed).toBeUndefined()
    expect(host.asked.at(-1)).toEqual({ name: 'library.restore', params: { entryId: 'id of small' } })
  })
})
