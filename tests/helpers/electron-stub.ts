/**
 * A folder that passes for a distribution of Electron for Linux with electron-builder, which copies and patches it but does
 * not run it. The real one cannot be had everywhere.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where @electron/fuses finds the fuses in a binary: this text, then a version, a count, and one character for each. */
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const fuseVersion = 1
/** As many as Electron 45 has. */
const fuseCount = 9

const dummies = [
  'chrome-sandbox',
  'chrome_crashpad_handler',
  'chrome_100_percent.pak',
  'chrome_200_percent.pak',
  'resources.pak',
  'icudtl.dat',
  'snapshot_blob.bin',
  'v8_context_snapshot.bin',
  'libffmpeg.so',
  'LICENSE',
  'LICENSES.chromium.html'
] as const

/** Makes the stub in `folder`. */
export function writeElectronStub(folder: string, version: string): void {
  mkdirSync(join(folder, 'locales'), { recursive: true })
  mkdirSync(join(folder, 'resources'))
  for (const name of dummies) writeFileSync(join(folder, name), name)
  writeFileSync(join(folder, 'locales/en-US.pak'), 'en-US')
  writeFileSync(join(folder, 'version'), version)
  const fuses = Buffer.concat([
    Buffer.from(`not a program ${fuseSentinel}`, 'latin1'),
    Buffer.from([fuseVersion, fuseCount]),
    Buffer.from('1'.repeat(fuseCount), 'latin1')
  ])
  writeFileSync(join(folder, 'electron'), fuses)
  chmodSync(join(folder, 'electron'), 0o755)
}
