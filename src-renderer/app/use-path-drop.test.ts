// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import type { Bridge } from '@contract/bridge'
import { usePathDrop, type PathlessDrop } from './use-path-drop'

let scope: EffectScope
const onPath = vi.fn<(path: string) => void>()
const onPathless = vi.fn<(dropped: PathlessDrop) => void>()
const file = new File(['{}'], 'model.onnx')

beforeEach(() => {
  scope = effectScope()
  vi.resetAllMocks()
})
afterEach(() => {
  scope.stop()
})

function listen(pathForFile?: Bridge['pathForFile']): void {
  const bridge = pathForFile === undefined ? undefined : ({ pathForFile } as Bridge)
  scope.run(() => {
    usePathDrop(bridge, { onPath, onPathless })
  })
}

/** What a browser sends; happy-dom has no such transfer. Returns whether the page would be left for the file. */
function drop(kind: 'dragover' | 'drop', { isFolder = false, files = [file] } = {}): Event {
  const dataTransfer = {
    types: files.length === 0 ? ['text/plain'] : ['Files'],
    files,
    items: files.map(() => ({ webkitGetAsEntry: () => ({ isDirectory: isFolder }) })),
    dropEffect: ''
  }
  const event = Object.assign(new Event(kind, { bubbles: true, cancelable: true }), { dataTransfer })
  document.body.dispatchEvent(event)
  return event
}

describe('a drop on the page', () => {
  it('is told by its path in the shell', () => {
    listen((dropped) => (dropped === file ? '/m/model.onnx' : ''))
    expect(drop('drop').defaultPrevented).toBe(true)
    expect(onPath.mock.calls).toEqual([['/m/model.onnx']])
    expect(onPathless).not.toHaveBeenCalled()
  })

  it.each([false, true])('is handed over without a path in a browser, folder: %s', (isFolder) => {
    listen()
    expect(drop('drop', { isFolder }).defaultPrevented).toBe(true)
    expect(onPathless.mock.calls).toEqual([[{ file, isFolder }]])
  })

  it('without a path in the shell either, such as an image out of a page, is handed over as in a browser', () => {
    listen(() => '')
    drop('drop')
    expect(onPathless).toHaveBeenCalledOnce()
    expect(onPath).not.toHaveBeenCalled()
  })

  it('of text is refused and does not make the page leave', () => {
    listen()
    const over = drop('dragover', { files: [] }) as DragEvent
    expect([over.defaultPrevented, over.dataTransfer?.dropEffect]).toEqual([true, 'none'])
    expect(drop('drop', { files: [] }).defaultPrevented).toBe(true)
    expect(onPathless).not.toHaveBeenCalled()
  })

  it('that a part of the page has taken is left to it', () => {
    listen()
    const take = (event: Event) => {
      event.preventDefault()
    }
    window.addEventListener('drop', take, { capture: true })
    drop('drop')
    window.removeEventListener('drop', take, { capture: true })
    expect(onPathless).not.toHaveBeenCalled()
  })
})
