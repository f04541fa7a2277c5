/** The file behind the command `lathe`: it must survive a build, which makes its own files anew and not executable. */
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../helpers/temporary-folder'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { bin, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  bin: { lathe: string }
  version: string
}
const temporary = useTemporaryFolder()

describe('the command', () => {
  it.skipIf(process.platform === 'win32')('is executable (skipped on Windows, which has no such bit)', () => {
    expect(statSync(join(root, bin.lathe)).mode & 0o111).toBe(0o111)
  })

  it('runs what was built', () => {
    const { stdout, status } = spawnSync(process.execPath, [join(root, bin.lathe), '--version'], {
      encoding: 'utf8'
    })
    expect({ stdout, status }).toEqual({ stdout: `${version}\n`, status: 0 })
  })

  it('says so when nothing was built', () => {
    cpSync(join(root, bin.lathe), join(temporary(), 'scripts', 'lathe.mjs'))
    const { stderr, status } = spawnSync(process.execPath, [join(temporary(), 'scripts', 'lathe.mjs')], {
      encoding: 'utf8'
    })
    expect(stderr).toBe("lathe: it has not been built yet; run 'npm run build' first. [not-found]\n")
    expect(status).toBe(1)
  })
})
