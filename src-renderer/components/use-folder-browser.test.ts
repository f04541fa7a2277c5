import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import type { FolderEntry, FolderListing } from '@contract/workbench-data'
import { openStoreHost, type StoreHandlers, type StoreHost } from '../../tests/helpers/store-host'
import { useFolderBrowser } from './use-folder-browser'

/** A disk: folders with a list of names, files with a number of bytes. */
const disk: Readonly<Record<string, readonly string[] | number>> = {
  '/data': ['models', 'speech', 'notes.txt'],
  '/data/models': ['tiny', 'a.onnx', 'b.ONNX', 'c.json'],
  '/data/models/tiny': [],
  '/data/speech': ['eval.jsonl'],
  '/data/notes.txt': 10,
  '/data/models/a.onnx': 1000,
  '/data/models/b.ONNX': 2000,
  '/data/models/c.json': 3,
  '/data/speech/eval.jsonl': 500
}

function listing(folder: string): FolderListing {
  const names = disk[folder]
  if (typeof names !== 'object') throw new WorkbenchError('not-found', `There is no '${folder}'.`)
  const entries = names.map((name): FolderEntry => {
    const path = `${folder}/${name}`
    const content = disk[path]
    return typeof content === 'number'
      ? { name, path, kind: 'file', sizeBytes: content }
      : { name, path, kind: 'folder', sizeBytes: null }
  })
  return { folder, parent: folder === '/data' ? null : folder.replace(/\/[^/]+$/, ''), entries, isCut: false }
}

let host: StoreHost
let handlers: StoreHandlers

beforeEach(() => {
  handlers = {
    'app.describe': () => ({
      version: '1',
      host: 'web',
      platform: 'linux',
      workspaceFolder: '/w',
      roots: ['/data', '/other'],
      threads: 2
    }),
    'files.list': ({ folder = '/data' }) => listing(folder)
  }
  host = openStoreHost(handlers)
})
afterEach(() => {
  host.api.close()
})

type Request = Parameters<typeof useFolderBrowser>[1]

async function begun(request: Partial<Request> = {}) {
  const browser = useFolderBrowser(host.api, { accept: 'either', ...request })
  await browser.begin()
  const names = () => browser.entries.value.map(({ name }) => name)
  const enter = async (name: string) => {
    const entry = browser.entries.value.find((each) => each.name === name)
    if (entry !== undefined) browser.activate(entry)
    await settled(browser)
  }
  return { browser, names, enter }
}

async function settled(browser: ReturnType<typeof useFolderBrowser>): Promise<void> {
  while (browser.isLoading.value) await new Promise((resolve) => setTimeout(resolve))
}

describe('walking through folders', () => {
  it('begins at the first root, with the way to the folder', async () => {
    const { browser, names, enter } = await begun()
    expect(names()).toEqual(['models', 'speech', 'notes.txt'])
    await enter('models')
    expect(browser.steps.value).toEqual([
      { name: '/data', path: '/data' },
      { name: 'models', path: '/data/models' }
    ])
  })

  it('begins where it was asked to, or at the first root when that is gone', async () => {
    expect((await begun({ start: '/data/speech' })).names()).toEqual(['eval.jsonl'])
    const { browser, names } = await begun({ start: '/data/gone' })
    expect(names()).toContain('models')
    expect(browser.failure.value).toBeUndefined()
  })

  it('stays where it is when a folder cannot be read, and says why', async () => {
    const { browser, names, enter } = await begun()
    handlers['files.list'] = () => {
      throw new WorkbenchError('io', 'Access is denied.')
    }
    await enter('models')
    expect(browser.failure.value).toBe('Access is denied.')
    expect(names()).toContain('speech')
    handlers['files.list'] = ({ folder = '/data' }) => listing(folder)
    await browser.retry()
    expect(browser.failure.value).toBeUndefined()
    expect(names()).toContain('a.onnx')
  })

  it('marks the folder that it came from on the way up', async () => {
    const { browser, enter } = await begun()
    await enter('speech')
    browser.goUp()
    await settled(browser)
    expect(browser.entries.value[browser.marked.value]?.name).toBe('speech')
    browser.goUp()
    expect(browser.isLoading.value).toBe(false)
  })

  it('filters by name and marks the first that is left; another folder is shown whole', async () => {
    const { browser, names, enter } = await begun()
    browser.setFilter('SPE')
    expect(names()).toEqual(['speech'])
    expect(browser.target.value).toBe('/data/speech')
    browser.setFilter('nothing')
    expect(browser.target.value).toBe('/data')
    browser.setFilter('mod')
    await enter('models')
    expect(browser.filter.value).toBe('')
    expect(names()).toHaveLength(4)
  })

  it('moves the mark within the list', async () => {
    const { browser } = await begun()
    const marks = ['ArrowDown', 'ArrowDown', 'PageDown', 'ArrowDown', 'Home', 'ArrowUp', 'End'].map((key) => {
      expect(browser.move(key)).toBe(true)
      return browser.marked.value
    })
    expect(marks).toEqual([0, 1, 2, 2, 0, 0, 2])
    expect(browser.move('a')).toBe(false)
    browser.setFilter('nothing')
    browser.move('ArrowDown')
    expect(browser.marked.value).toBe(-1)
  })
})

describe('what is chosen', () => {
  it('is the folder itself until an entry is marked', async () => {
    const { browser } = await begun()
    expect(browser.target.value).toBe('/data')
    browser.move('End')
    expect(browser.target.value).toBe('/data/notes.txt')
  })

  it('is a file only, where a file is wanted, of the right ending', async () => {
    const { browser, names, enter } = await begun({ accept: 'file', extensions: ['.onnx'] })
    expect(browser.target.value).toBeUndefined()
    await enter('models')
    expect(names()).toEqual(['tiny', 'a.onnx', 'b.ONNX'])
    expect(browser.withheldCount.value).toBe(1)
    browser.move('Home')
    expect(browser.target.value).toBeUndefined()
    browser.move('ArrowDown')
    expect(browser.target.value).toBe('/data/models/a.onnx')
    expect(browser.activate(browser.entries.value[1]!)).toBe('/data/models/a.onnx')
  })

  it('is a folder only, where a folder is wanted; its files are shown all the same', async () => {
    const { browser, names } = await begun({ accept: 'folder', extensions: ['.onnx'] })
    expect(names()).toContain('notes.txt')
    browser.move('End')
    expect(browser.target.value).toBeUndefined()
    expect(browser.activate(browser.entries.value[2]!)).toBeUndefined()
    browser.move('Home')
    expect(browser.target.value).toBe('/data/models')
  })
})
