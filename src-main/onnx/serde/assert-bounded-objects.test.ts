import { describe, expect, it } from 'vitest'
import { everyFeatureModel } from '../../../tests/helpers/every-feature-model'
import { GraphBuilder } from '../build/graph-builder'
import { int64Tensor } from '../ir/tensor'
import { assertBoundedObjects } from './assert-bounded-objects'
import { encodeModel } from './encode-model'

/** A model of one graph, whose content is the same two bytes over and over. */
function megabyteOf(first: number, second: number): Uint8Array {
  const length = 2 ** 20
  const bytes = new Uint8Array(length + 5)
  // Field 7, with the length in four bytes of which three go on.
  bytes.set([
    0x3a,
    (length & 127) | 128,
    ((length >>> 7) & 127) | 128,
    ((length >>> 14) & 127) | 128,
    length >>> 21
  ])
  for (let at = 5; at < bytes.length; at += 2) bytes.set([first, second], at)
  return bytes
}

describe('assertBoundedObjects', () => {
  it('lets a model with everything in it pass, and one of many nodes with names', () => {
    assertBoundedObjects(encodeModel(everyFeatureModel()))
    const b = new GraphBuilder('row')
    let value = b.input('x', 'float32', [4])
    for (let index = 0; index < 50_000; index++) value = b.node('Neg', [value])
    b.output(value, 'float32', [4])
    assertBoundedObjects(encodeModel(b.build()))
  })

  it('steps over weights, whatever bytes are in them', () => {
    const values = new Array<number>(200_000).fill(0x0a)
    const b = new GraphBuilder('weight')
    b.output(b.node('Identity', [b.initializer(int64Tensor('w', [values.length], values))]), 'int64')
    assertBoundedObjects(encodeModel(b.build()))
  })

  it.each([
    ['empty nodes', 0x0a, 0],
    ['empty initializers', 0x2a, 0],
    ['empty outputs', 0x62, 0]
  ])('refuses a megabyte of %s', (_, first, second) => {
    expect(() => assertBoundedObjects(megabyteOf(first, second))).toThrow(/memory for its fields/)
  })

  it('counts what is a field of the schema only', () => {
    // Field 31 is none, and a name is one string however long.
    assertBoundedObjects(megabyteOf(0xf8, 0x01))
    assertBoundedObjects(megabyteOf(0x12, 0))
  })

  it('ends at once where there is no protobuf', () => {
    for (const byte of [0, 0x7f, 0xff]) assertBoundedObjects(new Uint8Array(2 ** 20).fill(byte))
    assertBoundedObjects(new Uint8Array(0))
    assertBoundedObjects(megabyteOf(0x0a, 0).subarray(0, 20))
  })
})
