import { readFileSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'

/** Every TypeScript and Vue file by its path from the repository root, with forward slashes, and its text. */
export type SourceTree = ReadonlyMap<string, string>

const sourceFile = /\.(ts|vue)$/
const generatedFile = /\.generated\.ts$/

/** The sources under every `src-*` folder and under `tests`, in order of path; generated files left out. */
export function readSourceTree(repositoryRoot: string): SourceTree {
  const tree = new Map<string, string>()
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).sort(byName)) {
      const path = posix.join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (sourceFile.test(path) && !generatedFile.test(path)) {
        tree.set(path, readFileSync(join(repositoryRoot, path), 'utf8'))
      }
    }
  }
  for (const entry of readdirSync(repositoryRoot, { withFileTypes: true }).sort(byName)) {
    if (entry.isDirectory() && (entry.name.startsWith('src-') || entry.name === 'tests')) visit(entry.name)
  }
  return tree
}

/** Whether the room rules and the search for cycles look at a file: tests may reach for anything. */
export function isProductSource(path: string): boolean {
  return path.startsWith('src-') && !path.endsWith('.test.ts')
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1
}
