import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { openScratchFile } from './scratch-file'

const folder = useTemporaryFolder()

const numbers = (from: number, length: number) => Float32Array.from({ length }, (_, index) => from + index)

describe('openScratchFile', () => {
  it('gives every array back as often as asked, out of the file', () => {
    const scratch = openScratchFile(folder())
    const arrays = [numbers(1, 20_000), numbers(5, 30_000).subarray(100), numbers(9, 20_000)]
    const kept = arrays.map((values) => scratch.keep(values.slice()))
    for (const index of [2, 0, 1, 0]) {
      const read = kept[index]
      expect(typeof read === 'function' && read()).toEqual(arrays[index])
    }
    const [name = ''] = readdirSync(folder())
    expect(statSync(join(folder(), name)).size).toBe(4 * (20_000 + 29_900 + 20_000))
    scratch.close()
    expect(readdirSync(folder())).toEqual([])
  })

  it('holds small arrays itself, and makes no file for them', () => {
    const scratch = openScratchFile(folder())
    const small = numbers(0, 16_383)
    expect(scratch.keep(small)).toBe(small)
    expect(readdirSync(folder())).toEqual([])
    scratch.close()
  })

  it('refuses to read what is gone, and to write where it cannot', () => {
    const scratch = openScratchFile(folder())
    const kept = scratch.keep(numbers(0, 20_000))
    scratch.close()
    scratch.close()
    expect(() => typeof kept === 'function' && kept()).toThrow(expect.objectContaining({ code: 'io' }))
    expect(() => openScratchFile(join(folder(), 'absent')).keep(numbers(0, 20_000))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(io|not-found)$/) as string })
    )
  })
})
