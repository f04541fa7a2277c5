// @vitest-environment happy-dom
import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import type { FolderEntry } from '@contract/workbench-data'
import { openStoreHost, type StoreHandlers, type StoreHost } from '../../tests/helpers/store-host'
import { hostKey } from '../app/host'
import { pathDialogKey, type ShowPathDialog } from '../app/path-dialog'
import { setLanguage } from '../text/text'
import FileChooser from './FileChooser.vue'

const entry = (folder: string, name: string, sizeBytes: number | null = null): FolderEntry => ({
  name,
  path: `${folder}/${name}`,
  kind: sizeBytes === null ? 'folder' : 'file',
  sizeBytes
})
const disk: Readonly<Record<string, readonly FolderEntry[]>> = {
  '/data': [entry('/data', 'models'), entry('/data', 'speech'), entry('/data', 'plan.json', 10)],
  '/data/models': [
    entry('/data/models', 'tiny'),
    entry('/data/models', 'a.onnx', 1000),
    entry('/data/models', 'notes.txt', 3)
  ],
  '/data/models/tiny': [],
  '/data/speech': []
}

let handlers: StoreHandlers
let host: StoreHost
let chooser: VueWrapper

beforeEach(() => {
  setLanguage('en')
  // What brings the marked entry into view; happy-dom lays nothing out.
  Element.prototype.scrollIntoView = () => undefined
  handlers = {
    'app.describe': () => ({
      version: '1',
      host: 'web',
      platform: 'linux',
      workspaceFolder: '/w',
      roots: ['/data'],
      threads: 2
    }),
    'files.list': ({ folder = '/data' }) => {
      const entries = disk[folder]
      if (entries === undefined) throw new WorkbenchError('not-found', `There is no '${folder}'.`)
      return {
        folder,
        parent: folder === '/data' ? null : folder.replace(/\/[^/]+$/, ''),
        entries,
        isCut: false
      }
    }
  }
  host = openStoreHost(handlers)
})
afterEach(() => {
  chooser.unmount()
  host.api.close()
})

type Props = InstanceType<typeof FileChooser>['$props']

async function show(props: Partial<Props> = {}, dialog?: ShowPathDialog): Promise<void> {
  chooser = mount(FileChooser, {
    props: { title: 'Choose a model', accept: 'either', isInline: true, ...props },
    attachTo: document.body,
    global: {
      provide: { [hostKey as symbol]: host.api, ...(dialog && { [pathDialogKey as symbol]: dialog }) }
    }
  })
  await vi.waitFor(() => {
    if (dialog === undefined) expect(options()).not.toEqual([])
  })
}

// Of the whole page: a window over the page is no child of the chooser.
function byRole(role: string, name?: string): HTMLElement {
  const found = [...document.body.querySelectorAll<HTMLElement>(`[role="${role}"]`)].find(
    (each) => name === undefined || nameOf(each) === name
  )
  expect(found, `${role} '${name ?? ''}'`).toBeDefined()
  return found!
}

function nameOf(element: HTMLElement): string {
  const labelledBy = element.getAttribute('aria-labelledby')
  const label = labelledBy === null ? undefined : document.getElementById(labelledBy)?.textContent
  return (label ?? element.getAttribute('aria-label') ?? element.textContent).trim()
}

const button = (name: string) =>
  [...document.body.querySelectorAll('button')].find((each) => nameOf(each) === name)!
const filter = () => byRole('combobox', 'Filter by name') as HTMLInputElement
const options = () =>
  [...document.body.querySelectorAll('[role=option]')].map((each) => each.querySelector('.name')!.textContent)
/** The option that the filter says is the active one, which must be the one that is selected. */
function marked(): string | undefined {
  const id = filter().getAttribute('aria-activedescendant')
  const selected = document.body.querySelector('[role=option][aria-selected=true]')
  expect(selected?.id ?? null).toBe(id)
  return selected?.querySelector('.name')?.textContent
}

async function press(key: string, options: KeyboardEventInit = {}): Promise<void> {
  filter().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options }))
  await chooser.vm.$nextTick()
}

async function type(text: string): Promise<void> {
  filter().value = text
  filter().dispatchEvent(new Event('input', { bubbles: true }))
  await chooser.vm.$nextTick()
}

const lists = (folder: readonly string[]) =>
  vi.waitFor(() => {
    expect(options()).toEqual(folder)
  })

describe('the chooser of files', () => {
  it('is a window that is named for what is chosen, with the focus in its filter', async () => {
    await show({ isInline: false })
    const dialog = byRole('dialog', 'Choose a model')
    expect(dialog.getAttribute('aria-modal')).toBe('true')
    expect(dialog.contains(byRole('listbox', 'Files and folders'))).toBe(true)
    expect(document.activeElement).toBe(filter())
    expect(filter().getAttribute('aria-controls')).toBe(byRole('listbox').id)
    expect(options()).toEqual(['models', 'speech', 'plan.json'])
  })

  it('is a part of the page where it is asked to be', async () => {
    await show()
    const section = chooser.get('section')
    expect(nameOf(section.element)).toBe('Choose a model')
    expect(document.body.querySelector('[role=dialog]')).toBeNull()
  })

  it('marks with arrows, opens with Enter, goes up with Backspace, and chooses a file with Enter', async () => {
    await show()
    expect(marked()).toBeUndefined()
    await press('ArrowDown')
    expect(marked()).toBe('models')
    await press('End')
    expect(marked()).toBe('plan.json')
    await press('Home')
    await press('Enter')
    await lists(['tiny', 'a.onnx', 'notes.txt'])
    await press('Backspace')
    await lists(['models', 'speech', 'plan.json'])
    // Where one came from is marked, so that Enter goes back.
    expect(marked()).toBe('models')
    await press('Enter')
    await lists(['tiny', 'a.onnx', 'notes.txt'])
    await press('ArrowDown')
    await press('ArrowDown')
    expect(marked()).toBe('a.onnx')
    await press('Enter')
    expect(chooser.emitted('chosen')).toEqual([['/data/models/a.onnx']])
  })

  it('filters while typing, and leaves the keys of an input method and of the filter alone', async () => {
    await show()
    await type('SPEE')
    expect([options(), marked()]).toEqual([['speech'], 'speech'])
    await press('Backspace')
    await press('Enter', { isComposing: true })
    expect([options(), chooser.emitted('chosen')]).toEqual([['speech'], undefined])
    await type('nothing like it')
    expect(byRole('status').textContent).toContain('“nothing like it”')
  })

  it('chooses the folder that is shown with its button, or what is marked with Ctrl+Enter', async () => {
    await show()
    button('Choose this folder').click()
    await press('ArrowDown')
    expect(button('Choose').disabled).toBe(false)
    await press('Enter', { ctrlKey: true })
    expect(chooser.emitted('chosen')).toEqual([['/data'], ['/data/models']])
  })

  it('lets only folders be chosen where a folder is wanted, and only files where a file is', async () => {
    await show({ accept: 'folder' })
    await press('End')
    expect(marked()).toBe('plan.json')
    const plan = document.getElementById(filter().getAttribute('aria-activedescendant')!)
    expect(plan?.getAttribute('aria-disabled')).toBe('true')
    await press('Enter')
    await press('Enter', { ctrlKey: true })
    expect(chooser.emitted('chosen')).toBeUndefined()
    chooser.unmount()
    await show({ accept: 'file' })
    expect(button('Choose').disabled).toBe(true)
    await press('End')
    await press('Enter', { ctrlKey: true })
    expect(chooser.emitted('chosen')).toEqual([['/data/plan.json']])
  })

  it('lists files of the wanted kinds alone, and says how many others there are', async () => {
    await show({ accept: 'file', extensions: ['.onnx'], start: '/data/models' })
    expect(options()).toEqual(['tiny', 'a.onnx'])
    expect(chooser.text()).toContain('1 file that is not .onnx is not listed.')
  })

  it('tells why a folder cannot be read, keeps what is shown, and tries again', async () => {
    await show()
    const list = handlers['files.list']!
    handlers['files.list'] = () => {
      throw new WorkbenchError('io', 'The folder cannot be read.')
    }
    await press('ArrowDown')
    await press('Enter')
    await vi.waitFor(() => {
      expect(byRole('alert').textContent).toContain('The folder cannot be read.')
    })
    expect(options()).toEqual(['models', 'speech', 'plan.json'])
    handlers['files.list'] = list
    button('Try again').click()
    await lists(['tiny', 'a.onnx', 'notes.txt'])
    expect(document.body.querySelector('[role=alert]')).toBeNull()
  })

  it('is left without a choice by its button', async () => {
    await show()
    button('Cancel').click()
    expect([chooser.emitted('cancelled'), chooser.emitted('chosen')]).toEqual([[[]], undefined])
  })
})

describe('the chooser where the shell has a dialog', () => {
  it.each([
    ['/m/a.onnx', 'chosen', [['/m/a.onnx']]],
    [undefined, 'cancelled', [[]]]
  ] as const)('shows that one alone and passes %s on as %s', async (path, event, emitted) => {
    const dialog = vi.fn<ShowPathDialog>(() => Promise.resolve(path))
    await show({ extensions: ['.onnx'] }, dialog)
    await vi.waitFor(() => {
      expect(chooser.emitted(event)).toEqual(emitted)
    })
    expect(dialog).toHaveBeenCalledExactlyOnceWith({
      title: 'Choose a model',
      accept: 'either',
      extensions: ['.onnx'],
      start: undefined
    })
    expect(document.body.querySelector('[role=listbox]')).toBeNull()
    expect(host.asked).toEqual([])
  })
})
