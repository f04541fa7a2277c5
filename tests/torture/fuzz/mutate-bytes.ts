/** Damage that knows nothing of the format. */
import type { Prng } from '../../../src-main/base/prng'

/** A changed copy of `bytes`, and what was done in words. */
export type ByteMutation = (bytes: Uint8Array, prng: Prng) => readonly [bytes: Uint8Array, what: string]

/** Numbers that overflow something, by their first 4 or 8 bytes. */
const extremes = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]

export const byteMutations: readonly ByteMutation[] = [
  (bytes, prng) => {
    const length = prng.integer(bytes.byteLength + 1)
    return [bytes.slice(0, length), `cut at ${length}`]
  },
  (bytes, prng) => {
    const copy = bytes.slice()
    const count = 1 + prng.integer(8)
    for (let flip = 0; flip < count && copy.length > 0; flip++) {
      copy[prng.integer(copy.length)]! ^= 1 << prng.integer(8)
    }
    return [copy, `${count} bits flipped`]
  },
  (bytes, prng) => {
    const copy = bytes.slice()
    // Headers are at the front, so half of the places are among the first bytes.
    const at = prng.integer(prng.uniform() < 0.5 ? Math.min(64, copy.length) : copy.length)
    const value = extremes[prng.integer(extremes.length)]!
    const [isLittle, width] = [prng.uniform() < 0.5, 1 + prng.integer(4)]
    for (let byte = 0; byte < width && at + byte < copy.length; byte++) {
      copy[at + byte] = value >>> (8 * (isLittle ? byte : width - 1 - byte))
    }
    return [copy, `${value} written at ${at}`]
  },
  (bytes, prng) => {
    const [from, to] = [prng.integer(bytes.byteLength + 1), prng.integer(bytes.byteLength + 1)]
    const piece = bytes.slice(Math.min(from, to), Math.max(from, to)).subarray(0, 4096)
    const at = prng.integer(bytes.byteLength + 1)
    return [joined(bytes.subarray(0, at), piece, bytes.subarray(at)), `${piece.length} bytes again at ${at}`]
  },
  (bytes, prng) => {
    const at = prng.integer(bytes.byteLength + 1)
    const length = prng.integer(1 + Math.min(4096, bytes.byteLength - at))
    return [joined(bytes.subarray(0, at), bytes.subarray(at + length)), `${length} bytes out at ${at}`]
  },
  (bytes, prng) => {
    const copy = bytes.slice()
    const at = prng.integer(bytes.byteLength + 1)
    const fill = prng.uniform() < 0.5 ? 0 : 0xff
    copy.fill(fill, at, at + 1 + prng.integer(256))
    return [copy, `filled with ${fill} from ${at}`]
  }
]

export function randomBytes(prng: Prng): readonly [bytes: Uint8Array, what: string] {
  const bytes = Uint8Array.from({ length: prng.integer(2048) }, () => prng.integer(256))
  return [bytes, `${bytes.length} random bytes`]
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let position = 0
  for (const part of parts) {
    whole.set(part, position)
    position += part.byteLength
  }
  return whole
}

/** One of the items. */
export function pick<T>(prng: Prng, items: readonly T[]): T {
  return items[prng.integer(items.length)]!
}
