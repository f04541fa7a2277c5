import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileFailure } from './file-failure'

/**
 * Makes a folder and all folders above it, unless they are there. One by one, because Node says of a whole path that it
 * does not exist when the disk is read-only.
 *
 * @throws WorkbenchError `io` with the reason, naming the folder that could not be made; `not-found` below a file.
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent)
  try {
    mkdirSync(path)
  } catch (thrown) {
    // Another process was faster.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
    throw fileFailure(thrown, 'make the folder', path)
  }
}
