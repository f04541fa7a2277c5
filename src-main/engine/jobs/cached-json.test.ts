import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Cache } from '../../workspace/cache'
import { cachedJson } from './cached-json'

const schema = z.object({ milliseconds: z.number() })
let entries: Map<string, Uint8Array<ArrayBuffer>>
let cache: Cache

beforeEach(() => {
  entries = new Map()
  cache = {
    read: (kind, key) => Promise.resolve(entries.get(`${kind}/${key}`)),
    write: (kind, key, bytes) => {
      entries.set(`${kind}/${key}`, new Uint8Array(bytes))
      return Promise.resolve()
    }
  }
})

const entry = { kind: 'latency', key: 'a' }
const timed = (milliseconds: number) => () => Promise.resolve({ milliseconds })

describe('cachedJson', () => {
  it('makes an entry once, and from then on gives what is there', async () => {
    expect(await cachedJson(cache, entry, schema, timed(9))).toEqual({ milliseconds: 9 })
    expect(await cachedJson(cache, entry, schema, timed(4))).toEqual({ milliseconds: 9 })
  })

  it('makes it again on demand, and keeps that for those who come after', async () => {
    await cachedJson(cache, entry, schema, timed(9))
    expect(await cachedJson(cache, { ...entry, again: true }, schema, timed(4))).toEqual({ milliseconds: 4 })
    expect(await cachedJson(cache, entry, schema, timed(7))).toEqual({ milliseconds: 4 })
  })

  it('keeps what was there when it could not be made again', async () => {
    await cachedJson(cache, entry, schema, timed(9))
    const failing = () => Promise.reject(new RangeError('stopped'))
    await expect(cachedJson(cache, { ...entry, again: true }, schema, failing)).rejects.toThrow('stopped')
    expect(await cachedJson(cache, entry, schema, timed(4))).toEqual({ milliseconds: 9 })
  })
})
