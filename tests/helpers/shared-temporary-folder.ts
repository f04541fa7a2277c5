import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

/** Gives all tests of the file one empty folder, which is removed after the last. Returns how to get its path. */
export function useSharedTemporaryFolder(): () => string {
  let folder = ''
  beforeAll(() => {
    // The real path: the folder for temporary files is itself a link on macOS.
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'lathe-test-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return () => folder
}
