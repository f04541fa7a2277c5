/** Holds the sources of Lathe against the import table. Needs only the sources. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findCycles, findForbiddenImports, findLongFiles } from './checks'
import { rooms } from './rooms'
import { readSourceTree } from './source-tree'

const repositoryRoot = resolve(import.meta.dirname, '../..')
const tree = readSourceTree(repositoryRoot)

/** One line per violation, so that the report of a failing test reads as a list. */
const listed = (violations: readonly string[]) => violations.join('\n')

describe('the sources of Lathe', () => {
  it('are found', () => {
    expect([...tree.keys()]).toContain('src-preload/contract/errors.ts')
    expect([...tree.keys()]).toContain('tests/architecture/architecture.test.ts')
  })

  it('import only what the table of rooms allows', () => {
    expect(listed(findForbiddenImports(tree))).toBe('')
  })

  it('have no import cycles', () => {
    expect(listed(findCycles(tree))).toBe('')
  })

  it('keep every file short enough to be read', () => {
    expect(listed(findLongFiles(tree))).toBe('')
  })
})

describe('the table of rooms', () => {
  it('has no circle of rooms, the parts of a room counted as one', () => {
    const whole = (name: string) => name.split('/')[0] ?? name
    const arrows = rooms.flatMap((room) => room.mayImport.map((to) => [whole(room.name), whole(to)] as const))
    const importersFirst: string[] = []
    let left = new Set(rooms.map((room) => whole(room.name)))
    while (left.size > 0) {
      const free = [...left].filter(
        (name) => !arrows.some(([from, to]) => to === name && from !== name && left.has(from))
      )
      expect(free, `rooms in a circle: ${[...left].join(', ')}`).not.toEqual([])
      importersFirst.push(...free)
      left = new Set([...left].filter((name) => !free.includes(name)))
    }
    expect(importersFirst.at(-1)).toBe('@contract')
  })

  it('names each room once, and only packages that are installed', () => {
    const names = rooms.map((room) => room.name)
    expect(new Set(names).size).toBe(names.length)
    const manifest = JSON.parse(readFileSync(resolve(repositoryRoot, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
      devDependencies: Record<string, string>
    }
    const installed = new Set([
      ...Object.keys(manifest.dependencies),
      ...Object.keys(manifest.devDependencies)
    ])
    const owned = rooms.flatMap((room) => room.packages).filter((name) => !name.startsWith('node:'))
    expect(owned.filter((name) => !installed.has(name))).toEqual([])
  })
})
