/** Notes which packages the build puts into its output, so that their licences can be handed on with it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** The part of a bundler's plugin that is used. */
interface OutputPlugin {
  readonly name: string
  writeBundle(options: unknown, bundle: Readonly<Record<string, BundledFile>>): void
}

interface BundledFile {
  readonly type: string
  readonly modules?: Readonly<Record<string, { readonly renderedLength: number }>>
}

/**
 * Writes `out/bundled-packages/<part>.json`: folders below `node_modules` of whose code something is left. `root`: of the
 * repository; given because a configuration that has been bundled no longer knows where this file is.
 */
export function noteBundledPackages(root: string, part: 'main' | 'preload' | 'renderer'): OutputPlugin {
  const packagesFolder = resolve(root, 'node_modules').replaceAll('\\', '/')
  const notesFolder = resolve(root, 'out/bundled-packages')
  return {
    name: 'lathe-bundled-packages',
    writeBundle(_, bundle) {
      const folders = new Set<string>()
      for (const { modules = {} } of Object.values(bundle)) {
        for (const [id, { renderedLength }] of Object.entries(modules)) {
          const folder = packageFolderOf(id.replaceAll('\\', '/'), packagesFolder)
          if (folder !== undefined && renderedLength > 0) folders.add(folder)
        }
      }
      mkdirSync(notesFolder, { recursive: true })
      writeFileSync(resolve(notesFolder, `${part}.json`), JSON.stringify([...folders].sort(), null, 2))
    }
  }
}

/** A module inside nested packages belongs to the innermost. */
function packageFolderOf(id: string, base: string): string | undefined {
  const at = id.indexOf(base)
  if (at < 0) return undefined
  return /^\/((?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(id.slice(at + base.length))?.[1]
}
