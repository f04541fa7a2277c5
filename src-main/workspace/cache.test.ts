import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { decodeArrays, encodeArrays } from './array-file'
import { openCache, type Cache } from './cache'

const folder = useTemporaryFolder()
const entry = () => join(folder(), 'cache', 'moments', 'k1.bin')
const bytes = new Uint8Array([1, 2, 3])

function cache(): Cache {
  return openCache(join(folder(), 'cache'), join(folder(), 'tmp'))
}

describe('the cache', () => {
  it('gives back what was written, and nothing for another kind or key', async () => {
    await cache().write('moments', 'k1', bytes)
    expect(await cache().read('moments', 'k1')).toEqual(bytes)
    expect(await cache().read('moments', 'k2')).toBeUndefined()
    expect(await cache().read('spectra', 'k1')).toBeUndefined()
    expect(readdirSync(join(folder(), 'tmp'))).toEqual([])
  })

  it('replaces an entry and keeps an empty one', async () => {
    await cache().write('moments', 'k1', bytes)
    await cache().write('moments', 'k1', new Uint8Array(0))
    expect(await cache().read('moments', 'k1')).toEqual(new Uint8Array(0))
  })

  it('keeps arrays aligned, so that they are read in place', async () => {
    await cache().write('spectra', 'a', encodeArrays(null, { s: new Float64Array([1, 2]) }))
    const read = (await cache().read('spectra', 'a')) ?? new Uint8Array(0)
    const { arrays } = decodeArrays(read)
    expect(arrays.s).toEqual(new Float64Array([1, 2]))
    expect(arrays.s?.buffer).toBe(read.buffer)
  })

  it.each([
    [
      'a changed byte',
      () => {
        const stored = readFileSync(entry())
        stored[stored.length - 1]! ^= 1
        writeFileSync(entry(), stored)
      }
    ],
    [
      'a changed checksum',
      () => {
        const stored = readFileSync(entry())
        stored[0]! ^= 1
        writeFileSync(entry(), stored)
      }
    ],
    ['a lost end', () => truncateSync(entry(), 66)],
    ['a lost checksum', () => truncateSync(entry(), 10)],
    ['nothing left', () => truncateSync(entry(), 0)]
  ])('takes an entry with %s for absent and removes it', async (_name, damage) => {
    await cache().write('moments', 'k1', bytes)
    damage()
    expect(await cache().read('moments', 'k1')).toBeUndefined()
    expect(existsSync(entry())).toBe(false)
  })

  it.each(['../x', 'a/b', '', '.hidden', 'UPPER', 'x'.repeat(129)])('refuses the name %j', async (name) => {
    await expect(cache().read(name, 'k')).rejects.toMatchObject({ code: 'internal' })
    await expect(cache().write('moments', name, bytes)).rejects.toMatchObject({ code: 'internal' })
  })
})
