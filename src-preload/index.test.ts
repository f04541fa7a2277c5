import { afterEach, describe, expect, it, vi } from 'vitest'
import { versionArgument } from './contract/bridge'

const exposeInMainWorld = vi.fn()
vi.mock('electron', () => ({ contextBridge: { exposeInMainWorld } }))

const argv = process.argv

afterEach(() => {
  process.argv = argv
  vi.resetModules()
  exposeInMainWorld.mockClear()
})

describe('the preload script', () => {
  it('exposes version and platform, and nothing else', async () => {
    process.argv = [...argv, `${versionArgument}1.2.3`]
    await import('./index')
    expect(exposeInMainWorld.mock.calls).toEqual([
      ['lathe', { version: '1.2.3', platform: process.platform }]
    ])
  })

  it('exposes an empty version when the shell gave none', async () => {
    await import('./index')
    expect(exposeInMainWorld.mock.calls).toEqual([['lathe', { version: '', platform: process.platform }]])
  })
})
