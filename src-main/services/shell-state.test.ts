import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { openShellMemory, withWorkspace } from './shell-state'

const folder = useTemporaryFolder()
const path = () => join(folder(), 'shell.json')
const bounds = { x: 10, y: 20, width: 900, height: 700 }

describe('the memory of the shell', () => {
  it('is empty at first, and keeps what it was told until the next start', async () => {
    const memory = openShellMemory(path())
    expect(memory.state).toEqual({ isMaximized: false, workspaces: [] })
    await memory.remember({ bounds })
    await memory.remember({ workspaces: ['/a'] })
    expect(openShellMemory(path()).state).toEqual({ bounds, isMaximized: false, workspaces: ['/a'] })
  })

  it('keeps the last of several changes made at once', async () => {
    const memory = openShellMemory(path())
    await Promise.all(['/a', '/b', '/c'].map((each) => memory.remember({ workspaces: [each] })))
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ workspaces: ['/c'] })
  })

  it.each([
    ['no JSON', '{'],
    ['another shape', '[1]'],
    ['null', 'null'],
    ['members of other kinds', '{"bounds":{"x":1},"isMaximized":"yes","workspaces":[1,null]}'],
    ['endless bounds', '{"bounds":{"x":1,"y":1,"width":1e999,"height":1}}']
  ])('begins anew when its file holds %s', (_, text) => {
    writeFileSync(path(), text)
    expect(openShellMemory(path()).state).toEqual({ isMaximized: false, workspaces: [] })
  })

  it('does without a file that cannot be written', async () => {
    const memory = openShellMemory(join(path(), 'below-a-file'))
    writeFileSync(path(), '')
    await memory.remember({ isMaximized: true })
    expect(memory.state.isMaximized).toBe(true)
  })

  it('lists each workspace once, the last one first, and not too many', () => {
    expect(withWorkspace(['/a', '/b'], '/b')).toEqual(['/b', '/a'])
    const many = Array.from({ length: 20 }, (_, place) => `/${place}`)
    expect(withWorkspace(many, '/new')).toHaveLength(8)
    expect(withWorkspace(many, '/new')[0]).toBe('/new')
  })
})
