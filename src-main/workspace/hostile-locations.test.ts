import { execFileSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { platform } from 'node:process'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { writeFolder } from './export-folder'
import { externalDataFile, openExternalDataFiles } from './external-data-files'
import { writeFile } from './files'
import { openModelFolder } from './model-folder'

const folder = useTemporaryFolder()
const isWindows = platform === 'win32'

/** A model's folder with one file, beside a secret. */
function modelFolder(): string {
  const path = join(folder(), 'model')
  mkdirSync(path)
  writeFileSync(join(path, 'weights.bin'), 'weights')
  writeFileSync(join(folder(), 'secret'), 'secret!')
  return path
}

const refusal = expect.objectContaining({ code: 'invalid-input' }) as Error

describe('external data', () => {
  it.each([
    '/dev/zero', '//server/share', '\\\\server\\share', 'c:weights.bin', 'C:/weights.bin', 'a\\..\\..\\secret', '..',
    './../secret', 'a/b/../../../secret', 'weights.bin\0', '\0', 'sub/..', '..\\secret'
  ])('is refused at %j', (location) => {
    const path = modelFolder()
    expect(() => openExternalDataFiles(path).read(location, 0, 1)).toThrow(refusal)
    expect(() => externalDataFile(path, location)).toThrow(refusal)
  }) // prettier-ignore

  it.each([
    '．．/secret',
    '‥/secret',
    '..%2fsecret',
    '%2e%2e/secret',
    '\u202esecret',
    '.../secret',
    'weights.bin ',
    '~/secret'
  ])('is looked for under its own name and no other at %j', (location) => {
    // A name that only looks like a way out is a name; nobody decodes or normalises it.
    const reader = openExternalDataFiles(modelFolder())
    expect(() => reader.read(location, 0, 1)).toThrow(expect.objectContaining({ code: 'not-found' }) as Error)
  })

  it('is refused under a name longer than any file has', () => {
    const reader = openExternalDataFiles(modelFolder())
    expect(() => reader.read('n'.repeat(100_000), 0, 1)).toThrow(refusal)
  })

  it('is refused where it is a folder', () => {
    const path = modelFolder()
    mkdirSync(join(path, 'sub'))
    expect(() => openExternalDataFiles(path).read('sub', 0, 1)).toThrow(refusal)
    expect(() => openExternalDataFiles(path).read('.', 0, 1)).toThrow(refusal)
  })

  it.skipIf(isWindows)(
    'is refused where it is a pipe or a device, and nobody waits for it (skipped on Windows)',
    () => {
      const path = modelFolder()
      execFileSync('mkfifo', [join(path, 'pipe')])
      symlinkSync('/dev/zero', join(path, 'zero'))
      for (const location of ['pipe', 'zero']) {
        expect(() => openExternalDataFiles(path).read(location, 0, 1)).toThrow(refusal)
        expect(() => externalDataFile(path, location)).toThrow(refusal)
      }
    }
  )

  it('is refused when a link takes its place after the first look', () => {
    const path = modelFolder()
    const reader = openExternalDataFiles(path)
    expect(new TextDecoder().decode(reader.read('weights.bin', 0, 7))).toBe('weights')
    rmSync(join(path, 'weights.bin'))
    symlinkSync(join(folder(), 'secret'), join(path, 'weights.bin'))
    expect(() => reader.read('weights.bin', 0, 7)).toThrow(refusal)
  })

  it('is refused where it is a second name of a file, which may lie anywhere', () => {
    const path = modelFolder()
    linkSync(join(folder(), 'secret'), join(path, 'linked.bin'))
    expect(() => openExternalDataFiles(path).read('linked.bin', 0, 7)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining('put a copy beside the model') as string
      }) as Error
    )
    expect(() => externalDataFile(path, 'linked.bin')).toThrow(refusal)
  })

  it('is refused when it gets a second name after the first look', () => {
    const path = modelFolder()
    const reader = openExternalDataFiles(path)
    expect(new TextDecoder().decode(reader.read('weights.bin', 0, 7))).toBe('weights')
    linkSync(join(path, 'weights.bin'), join(folder(), 'other'))
    expect(() => reader.read('weights.bin', 0, 7)).toThrow(refusal)
  })

  it('is refused when its folder becomes a link after the first look', () => {
    const path = modelFolder()
    mkdirSync(join(path, 'sub'))
    writeFileSync(join(path, 'sub', 'secret'), 'harmless')
    const reader = openExternalDataFiles(path)
    expect(new TextDecoder().decode(reader.read('sub/secret', 0, 8))).toBe('harmless')
    renameSync(join(path, 'sub'), join(path, 'moved'))
    symlinkSync(folder(), join(path, 'sub'))
    expect(() => reader.read('sub/secret', 0, 6)).toThrow(refusal)
  })
})

describe('a model', () => {
  it.skipIf(isWindows)('is refused where it is a pipe, and nobody waits for it (skipped on Windows)', () => {
    execFileSync('mkfifo', [join(folder(), 'model.onnx')])
    expect(() => openModelFolder(join(folder(), 'model.onnx'))).toThrow(refusal)
    expect(() => openModelFolder(folder())).toThrow(expect.objectContaining({ code: 'not-found' }) as Error)
  })
})

describe('an export', () => {
  it.each(['to a full folder', 'to nothing'])('replaces no link, %s', async (kind) => {
    const path = modelFolder()
    const link = join(folder(), 'link')
    symlinkSync(kind === 'to nothing' ? join(folder(), 'nowhere') : path, link)
    await expect(writeFolder(link, async () => undefined)).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:conflict|io|not-found)$/u) as string
    })
    expect(readdirSync(path)).toEqual(['weights.bin'])
    expect(existsSync(join(folder(), 'nowhere'))).toBe(false)
  })

  it('of a file replaces a link and not what it leads to', async () => {
    const path = modelFolder()
    symlinkSync(join(folder(), 'secret'), join(path, 'out.bin'))
    await writeFile(join(path, 'out.bin'), new TextEncoder().encode('new'))
    const reader = openExternalDataFiles(path)
    expect(new TextDecoder().decode(reader.read('out.bin', 0, 3))).toBe('new')
    expect(new TextDecoder().decode(openExternalDataFiles(folder()).read('secret', 0, 7))).toBe('secret!')
  })
})
