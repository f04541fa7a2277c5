import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** Gives each test of the file an empty folder of its own, which is removed after it. Returns how to get its path. */
export function useTemporaryFolder(): () => string {
  let folder = ''
  beforeEach(() => {
    // The real path: the folder for temporary files is itself a link on macOS.
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'lathe-test-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return () => folder
}
