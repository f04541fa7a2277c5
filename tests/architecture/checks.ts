/** The rules of the house over a tree of sources. Each check returns one sentence per violation. */
import { matchesGlob } from 'node:path'
import { readImports, resolveImport, type ImportStatement, type ImportTarget } from './imports'
import { rooms as latheRooms, type Room } from './rooms'
import { isProductSource, type SourceTree } from './source-tree'

export const maximumLines = { source: 500, component: 250 } as const

/** The room of a file, or undefined when no room's globs match it. */
export function roomOf(path: string, rooms: readonly Room[] = latheRooms): Room | undefined {
  return rooms.find((room) => room.files.some((glob) => matchesGlob(path, glob)))
}

/** Imports between rooms and of outside packages that the table does not allow, and imports that lead nowhere. */
export function findForbiddenImports(tree: SourceTree, rooms: readonly Room[] = latheRooms): string[] {
  return [...tree]
    .filter(([path]) => isProductSource(path))
    .flatMap(([path, text]) => {
      const room = roomOf(path, rooms)
      if (room === undefined) {
        return [`${path} is in no room: move it into one, or add its folder to tests/architecture/rooms.ts.`]
      }
      return readImports(path, text).flatMap((statement) => {
        const problem = problemOf(path, room, statement, tree, rooms)
        return problem === undefined ? [] : [`${path}:${statement.line} (room ${room.name}) ${problem}`]
      })
    })
}

function problemOf(
  path: string,
  room: Room,
  statement: ImportStatement,
  tree: SourceTree,
  rooms: readonly Room[]
): string | undefined {
  const { specifier } = statement
  if (specifier === undefined) {
    return 'imports a path that is computed when the program runs: write the path out, so that it can be checked.'
  }
  const target = resolveImport(path, specifier, tree)
  switch (target.kind) {
    case 'asset':
      return undefined
    case 'nowhere':
      return `imports '${specifier}', which leads to no file: write the path without extension, or with '.vue'.`
    case 'package':
      return packageProblem(room, specifier, target, rooms)
    case 'file':
      return roomProblem(room, statement, target, rooms)
  }
}

function packageProblem(
  room: Room,
  specifier: string,
  { name }: ImportTarget & { kind: 'package' },
  rooms: readonly Room[]
): string | undefined {
  if (room.packages.includes(name)) return undefined
  const owners = rooms.filter((other) => other.packages.includes(name)).map((other) => other.name)
  return owners.length > 0
    ? `imports '${specifier}', but only ${listOf(owners)} may: call that room, or take what you need as a parameter.`
    : `imports '${specifier}', which no room owns: do without, or give it one owner in tests/architecture/rooms.ts.`
}

function roomProblem(
  room: Room,
  { specifier, typeOnly }: ImportStatement,
  { path }: ImportTarget & { kind: 'file' },
  rooms: readonly Room[]
): string | undefined {
  const target = roomOf(path, rooms)
  if (target === undefined) {
    return `imports '${specifier}', which is outside the sources: move what both need into a room.`
  }
  if (target.name === room.name || room.mayImport.includes(target.name)) return undefined
  if (room.mayImportTypes?.includes(target.name)) {
    return typeOnly
      ? undefined
      : `imports '${specifier}' (room ${target.name}), of which it may import only types: write 'import type'.`
  }
  return (
    `imports '${specifier}' (room ${target.name}), but may import only ${listOf(room.mayImport)}: ` +
    'take it as a parameter, move it to a room that both may import, or change tests/architecture/rooms.ts ' +
    'and docs/architecture.md together and say why.'
  )
}

/**
 * Circles of imports between files, type imports included. One sentence for each group of files that reach each
 * other, with a shortest circle through the first of them.
 */
export function findCycles(tree: SourceTree): string[] {
  const arrows = importArrows(tree)
  const reported = new Set<string>()
  return [...arrows.keys()].flatMap((start) => {
    if (reported.has(start)) return []
    const circle = shortestCircle(start, arrows)
    if (circle === undefined) return []
    const group = [...reach(start, arrows)].filter((file) => reach(file, arrows).has(start))
    for (const file of group) reported.add(file)
    const size = group.length > circle.length ? ` (${group.length} files are tied together here)` : ''
    return [
      `Imports run in a circle: ${[...circle, start].join(' -> ')}${size}. Move what both ends need into a file ` +
        'of its own, or pass it in as a parameter.'
    ]
  })
}

function importArrows(tree: SourceTree): Map<string, string[]> {
  const arrows = new Map<string, string[]>()
  for (const [path, text] of tree) {
    if (!isProductSource(path)) continue
    const targets = readImports(path, text).flatMap(({ specifier }) => {
      const target = specifier === undefined ? undefined : resolveImport(path, specifier, tree)
      return target?.kind === 'file' ? [target.path] : []
    })
    arrows.set(path, targets)
  }
  return arrows
}

/** The files from `start` back to `start` along arrows, without the repeated end; breadth first, so shortest. */
function shortestCircle(start: string, arrows: ReadonlyMap<string, string[]>): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[start, undefined]])
  const queue = [start]
  for (const file of queue) {
    for (const next of arrows.get(file) ?? []) {
      if (next === start) {
        const circle: string[] = []
        for (let at: string | undefined = file; at !== undefined; at = cameFrom.get(at)) circle.unshift(at)
        return circle
      }
      if (!cameFrom.has(next)) {
        cameFrom.set(next, file)
        queue.push(next)
      }
    }
  }
  return undefined
}

function reach(start: string, arrows: ReadonlyMap<string, string[]>): Set<string> {
  const reached = new Set<string>([start])
  for (const file of reached) for (const next of arrows.get(file) ?? []) reached.add(next)
  return reached
}

/** Files that are too long to be read at once: sources and tests, and stricter for Vue components. */
export function findLongFiles(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, text]) => {
    const limit = path.endsWith('.vue') ? maximumLines.component : maximumLines.source
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
    return lines > limit
      ? [`${path} has ${lines} lines, at most ${limit} are allowed: split it by concept into smaller files.`]
      : []
  })
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'itself' : names.join(', ')
}
