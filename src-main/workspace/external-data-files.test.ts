import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { openExternalDataFiles } from './external-data-files'

const folder = useTemporaryFolder()

/** A model's folder with one data file of the bytes 0..9, beside a secret that is none of the model's business. */
function modelFolder(): string {
  const path = join(folder(), 'model')
  mkdirSync(path)
  writeFileSync(
    join(path, 'weights.bin'),
    Uint8Array.from({ length: 10 }, (_, index) => index)
  )
  writeFileSync(join(folder(), 'secret'), 'secret')
  return path
}

describe('openExternalDataFiles', () => {
  it('reads exactly the range', () => {
    const reader = openExternalDataFiles(modelFolder())
    expect(reader.read('weights.bin', 3, 4)).toEqual(new Uint8Array([3, 4, 5, 6]))
    expect(reader.read('./weights.bin', 10, 0)).toEqual(new Uint8Array(0))
  })

  it('reads the end of a file far larger than memory would like', () => {
    const path = modelFolder()
    writeFileSync(join(path, 'huge.bin'), '')
    truncateSync(join(path, 'huge.bin'), 2 ** 40)
    expect(openExternalDataFiles(path).read('huge.bin', 2 ** 40 - 2, 2)).toEqual(new Uint8Array(2))
  })

  it.each([
    ['beyond the end', 8, 3],
    ['of a hostile length', 0, 2 ** 52],
    ['before the start', -1, 2],
    ['of negative length', 2, -1],
    ['of no number', Number.NaN, 1]
  ])('refuses a range %s', (_name, offset, length) => {
    const reader = openExternalDataFiles(modelFolder())
    expect(() => reader.read('weights.bin', offset, length)).toThrow(expect.objectContaining({ code: 'io' }))
  })

  it('says how many bytes are missing', () => {
    const path = modelFolder()
    expect(() => openExternalDataFiles(path).read('weights.bin', 8, 3)).toThrow(
      `The external data '${join(path, 'weights.bin')}' is cut short: the model needs 11 bytes, got 10; ` +
        'download or export the model again.'
    )
  })

  it.each(['../secret', '/etc/passwd', 'a/../../secret', '..\\secret', 'C:\\secret', ''])(
    'refuses the location %j',
    (location) => {
      const reader = openExternalDataFiles(modelFolder())
      expect(() => reader.read(location, 0, 1)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
    }
  )

  it('refuses a symbolic link that leads out of the folder, itself or by its folder', () => {
    const path = modelFolder()
    symlinkSync(join(folder(), 'secret'), join(path, 'link.bin'))
    symlinkSync(folder(), join(path, 'sub'))
    const reader = openExternalDataFiles(path)
    expect(() => reader.read('link.bin', 0, 1)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining("outside the model's folder") as string
      })
    )
    expect(() => reader.read('sub/secret', 0, 1)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })

  it('refuses a link into a folder whose name only begins like the model’s', () => {
    const path = modelFolder()
    mkdirSync(`${path}-other`)
    writeFileSync(join(`${path}-other`, 'a.bin'), 'x')
    symlinkSync(join(`${path}-other`, 'a.bin'), join(path, 'a.bin'))
    expect(() => openExternalDataFiles(path).read('a.bin', 0, 1)).toThrow(
      expect.objectContaining({
        code: 'invalid-input'
      })
    )
  })

  it('follows links that stay inside, and a model folder that is itself a link', () => {
    const path = modelFolder()
    symlinkSync('weights.bin', join(path, 'inside.bin'))
    symlinkSync(path, join(folder(), 'alias'))
    const reader = openExternalDataFiles(join(folder(), 'alias'))
    expect(reader.read('inside.bin', 1, 1)).toEqual(new Uint8Array([1]))
  })

  it('refuses what is no regular file, and names a file that is missing', () => {
    const path = modelFolder()
    mkdirSync(join(path, 'sub'))
    const reader = openExternalDataFiles(path)
    expect(() => reader.read('sub', 0, 0)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
    expect(() => reader.read('.', 0, 0)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
    expect(() => reader.read('gone.bin', 0, 0)).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: `Could not read '${join(path, 'gone.bin')}': it does not exist; check the path.`
      })
    )
  })
})
