/** Damage at the level of protobuf fields: legal bytes in illegal places, and lengths and integers that lie. */
import type { Prng } from '../../../src-main/base/prng'
import { pick } from './mutate-bytes'
import {
  allFields,
  cloneMessage,
  isMessage,
  messageTypeOf,
  type PlacedField,
  type WireField,
  type WireMessage,
  type WireType
} from './wire-tree'

/** Changes `root` in place and says what it did; undefined when there was nothing to do it to. */
export type TreeMutation = (root: WireMessage, prng: Prng) => string | undefined

export const extremeIntegers: readonly bigint[] = [
  0n, 1n, -1n, 2n, 7n, 127n, 128n, 255n, 1025n, 65536n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 40n, 2n ** 53n - 1n,
  2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 31n), -(2n ** 63n)
] // prettier-ignore

/** How often something is repeated: mostly a little, now and then the 100,000 that a small file has room for. */
export function repetitions(prng: Prng): number {
  const draw = prng.uniform()
  if (draw < 0.9) return 1 + prng.integer(20)
  return draw < 0.995 ? 1000 : 100_000
}

function anyField(root: WireMessage, prng: Prng): PlacedField | undefined {
  const fields = allFields(root)
  return fields.length === 0 ? undefined : pick(prng, fields)
}

/** What messages call a field. */
function nameOf({ parent, field }: PlacedField): string {
  return `${parent.type.name}.${parent.type.fieldsById[field.number]?.name ?? field.number}`
}

/** A mutation of one random field. */
function ofAnyField(change: (placed: PlacedField, prng: Prng, root: WireMessage) => string): TreeMutation {
  return (root, prng) => {
    const placed = anyField(root, prng)
    if (placed === undefined) return undefined
    const name = nameOf(placed)
    return `${name} ${change(placed, prng, root)}`
  }
}

function copyOf(field: WireField): WireField {
  return { ...field, value: isMessage(field.value) ? cloneMessage(field.value) : field.value }
}

const repeat = ofAnyField(({ parent, field }, prng) => {
  const count = repetitions(prng)
  // Large ones stay themselves: the file is to be small.
  const isLarge = isMessage(field.value) && allFields(field.value).length > 20
  const copies = Array.from({ length: isLarge ? Math.min(count, 20) : count }, () => field)
  parent.fields.splice(parent.fields.indexOf(field), 0, ...copies.slice(0, 50_000), ...copies.slice(50_000))
  return `repeated ${copies.length} times`
})

const drop = ofAnyField(({ parent, field }) => {
  parent.fields.splice(parent.fields.indexOf(field), 1)
  return 'dropped'
})

const swap = ofAnyField(({ parent, field }, prng) => {
  const other = pick(prng, parent.fields)
  const [value, otherValue] = [field.value, other.value]
  if (field.wireType === other.wireType) {
    ;[field.value, other.value] = [otherValue, value]
    return `swapped its value with field ${other.number}`
  }
  const [from, to] = [parent.fields.indexOf(field), parent.fields.indexOf(other)]
  ;[parent.fields[from], parent.fields[to]] = [other, field]
  return `swapped places with field ${other.number}`
})

const move = ofAnyField((placed, prng, root) => {
  const target = anyField(root, prng)
  if (target === undefined || placed.field === target.field) return 'left alone'
  // A copy, so that no message comes to hold itself.
  target.parent.fields.splice(target.parent.fields.indexOf(target.field), 0, copyOf(placed.field))
  return `copied into ${target.parent.type.name}`
})

const renumber = ofAnyField(({ parent, field }, prng) => {
  field.number = pick(prng, [...Object.keys(parent.type.fieldsById).map(Number), 1, 536_870_911])
  return `made field ${field.number}`
})

const retype = ofAnyField(({ field }, prng) => {
  field.wireType = pick<WireType>(prng, [0, 1, 2, 5])
  if (field.wireType === 0) field.value = pick(prng, extremeIntegers)
  else if (field.wireType !== 2)
    field.value = new Uint8Array(field.wireType === 1 ? 8 : 4).fill(prng.integer(256))
  else if (typeof field.value === 'bigint')
    field.value = new Uint8Array(prng.integer(9)).fill(prng.integer(256))
  return `written with wire type ${field.wireType}`
})

const stretch = ofAnyField(({ field }, prng) => {
  if (typeof field.value !== 'bigint') {
    field.claimedLength = pick(prng, extremeIntegers)
    return `claims ${field.claimedLength} bytes`
  }
  field.paddingBytes = 1 + prng.integer(10)
  return `is ${field.paddingBytes} bytes longer than it need be`
})

const extreme = ofAnyField(({ field }, prng) => {
  if (typeof field.value === 'bigint') {
    field.value = pick(prng, extremeIntegers)
    return `set to ${field.value}`
  }
  if (isMessage(field.value)) {
    field.value.fields = []
    return 'emptied'
  }
  const length = pick(prng, [0, 1, field.value.byteLength + 1, Math.max(0, field.value.byteLength - 1), 3000])
  const resized = new Uint8Array(length)
  resized.set(field.value.subarray(0, length))
  field.value = resized
  return `resized to ${length} bytes`
})

const scribble = ofAnyField(({ field }, prng) => {
  if (!(field.value instanceof Uint8Array) || field.value.byteLength === 0) return 'left alone'
  const bytes = field.value.slice()
  const count = 1 + prng.integer(bytes.byteLength)
  const fill = prng.uniform()
  for (let at = 0; at < count; at++) bytes[at] = fill < 0.3 ? 0xff : fill < 0.6 ? 0 : prng.integer(256)
  field.value = bytes
  return `scribbled over for ${count} bytes`
})

const drain = ofAnyField(({ parent }) => {
  parent.fields = parent.fields.slice(0, 1)
  return 'left alone in its message'
})

/** A message inside itself, as often as asked: types of types, subgraphs of subgraphs. */
const nest: TreeMutation = (root, prng) => {
  const nested = allFields(root).filter(({ field }) => isMessage(field.value))
  const [placed] = nested.length === 0 ? [] : [pick(prng, nested)]
  if (placed === undefined || !isMessage(placed.field.value)) return undefined
  const path = pathToItself(placed.field.value)
  if (path === undefined) return undefined
  const depth = pick(prng, [1, 2, 8, 20, 70, 300, 800])
  for (let level = 0; level < depth; level++) {
    // A copy of the message around the old one, with nothing else in it: the file stays small.
    let inner: WireMessage = placed.field.value
    for (const { type, number } of path.toReversed()) {
      inner = { type, fields: [{ number, wireType: 2, value: inner }] }
    }
    placed.field.value = inner
  }
  return `${nameOf(placed)} nested ${depth} times`
}

/** How a message of a type gets into another of the same type: the types on the way with the field to take. */
function pathToItself(message: WireMessage): { type: WireMessage['type']; number: number }[] | undefined {
  const { type } = message
  const seen = new Set<WireMessage['type']>()
  const search = (
    from: WireMessage['type'],
    path: { type: WireMessage['type']; number: number }[]
  ): { type: WireMessage['type']; number: number }[] | undefined => {
    for (const number of Object.keys(from.fieldsById).map(Number)) {
      const inner = messageTypeOf(from, number)
      const step = [...path, { type: from, number }]
      if (inner === type) return step
      if (inner === undefined || seen.has(inner)) continue
      seen.add(inner)
      const found = search(inner, step)
      if (found !== undefined) return found
    }
    return undefined
  }
  return search(type, [])
}

export const wireMutations: readonly TreeMutation[] = [
  repeat, drop, swap, move, renumber, retype, stretch, extreme, extreme, scribble, drain, nest
] // prettier-ignore
