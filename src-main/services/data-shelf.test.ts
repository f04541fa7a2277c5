import { describe, expect, it } from 'vitest'
import { createDataShelf } from './data-shelf'

const bytes = (length: number) => ({ bytes: new Uint8Array(length), mediaType: 'application/octet-stream' })

describe('the data shelf', () => {
  it('hands out what was put there, by a key that differs each time', () => {
    const shelf = createDataShelf()
    const data = bytes(3)
    const [one, other] = [shelf.put(data), shelf.put(data)]
    expect(one).toMatch(/^[\w-]{43}$/)
    expect(other).not.toBe(one)
    expect(shelf.take(one)).toBe(data)
    expect(shelf.take(one)).toBe(data)
  })

  it('makes room by dropping the oldest, and keeps the newest whatever its size', () => {
    const shelf = createDataShelf(10)
    const keys = [shelf.put(bytes(4)), shelf.put(bytes(6)), shelf.put(bytes(4))]
    expect(() => shelf.take(keys[0]!)).toThrow(expect.objectContaining({ code: 'not-found' }))
    expect(shelf.take(keys[1]!).bytes).toHaveLength(6)
    const large = shelf.put(bytes(100))
    expect(shelf.take(large).bytes).toHaveLength(100)
    expect(() => shelf.take(keys[2]!)).toThrow(expect.objectContaining({ code: 'not-found' }))
  })
})
