import { WorkbenchError } from '@contract/errors'
import { describe, expect, it } from 'vitest'
import { everyFeatureModel } from '../../../tests/helpers/every-feature-model'
import { createPrng } from '../../base/prng'
import { dataTypeNumber, type DataType } from '../ir/data-type'
import { assertInvariants } from '../invariants'
import type { Model } from '../ir/model'
import { decodeModel } from './decode-model'
import { encodeModel } from './encode-model'
import { maximumGraphDepth } from './onnx-schema'

// A second writer of the wire format, with field numbers straight from onnx.proto: an oracle that shares nothing with
// the schema under test.
type Part = readonly number[] | Uint8Array

function varint(value: bigint | number): number[] {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return [...bytes, Number(rest)]
}

function integer(field: number, value: bigint | number): number[] {
  return [...varint(field << 3), ...varint(value)]
}

function block(field: number, ...parts: Part[]): number[] {
  const content = parts.flatMap((part) => [...part])
  return [...varint((field << 3) | 2), ...varint(content.length), ...content]
}

function text(field: number, value: string): number[] {
  return block(field, new TextEncoder().encode(value))
}

const opset = (version: number) => block(8, integer(2, version))
const graph = (...parts: Part[]) => block(7, text(2, 'main'), ...parts)
const initializer = (...parts: Part[]) => block(5, ...parts)

function file(...parts: Part[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

/** A file with one initializer 'w', whose other fields are `parts`. */
function fileWithTensor(...parts: Part[]): Uint8Array {
  return file(integer(1, 8), opset(17), graph(initializer(text(8, 'w'), ...parts)))
}

function tensorBytesOf(model: Model): number[] {
  const data = model.graph.initializers.get('w')?.data
  return data?.kind === 'bytes' ? [...data.bytes] : []
}

function failureOf(bytes: Uint8Array): WorkbenchError {
  try {
    decodeModel(bytes)
  } catch (error) {
    if (error instanceof WorkbenchError) return error
    throw error
  }
  throw new Error('The bytes were accepted.')
}

describe('decodeModel reads typed fields', () => {
  // int32_data holds 16-bit floats as their bit pattern, small integers one per entry, 4-bit ones already packed.
  const int32Cases: [DataType, number, number[], number[]][] = [
    ['int32', 2, [1, -2], [1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]],
    ['int8', 3, [1, -1, -128], [1, 0xff, 0x80]],
    ['uint8', 2, [255, 7], [255, 7]],
    ['bool', 2, [1, 0], [1, 0]],
    ['int16', 2, [-2, 300], [0xfe, 0xff, 0x2c, 0x01]],
    ['uint16', 1, [65535], [0xff, 0xff]],
    ['float16', 2, [0x3c00, 0xc000], [0, 0x3c, 0, 0xc0]],
    ['bfloat16', 1, [0x3f80], [0x80, 0x3f]],
    ['float8e4m3fn', 2, [0x38, 0xb8], [0x38, 0xb8]],
    ['int4', 3, [0x21, 0x0f], [0x21, 0x0f]],
    ['uint2', 5, [0xe4, 0x01], [0xe4, 0x01]]
  ]
  it.each(int32Cases)('%s in int32_data', (dataType, count, values, expected) => {
    const packed = fileWithTensor(
      integer(1, count),
      integer(2, dataTypeNumber(dataType)),
      block(5, ...values.map(varint))
    )
    const unpacked = fileWithTensor(
      integer(1, count),
      integer(2, dataTypeNumber(dataType)),
      ...values.map((value) => integer(5, value))
    )
    expect(tensorBytesOf(decodeModel(packed))).toEqual(expected)
    expect(tensorBytesOf(decodeModel(unpacked))).toEqual(expected)
  })

  it.each([
    ['int64', 7, [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n], (v: bigint[]) => BigInt64Array.from(v)],
    ['uint64', 11, [2n ** 64n - 1n, 0n, 2n ** 63n], (v: bigint[]) => BigUint64Array.from(v)],
    ['uint32', 11, [2n ** 32n - 1n, 0n, 5n], (v: bigint[]) => Uint32Array.from(v.map(Number))]
  ] as const)('%s exactly', (dataType, field, values, toArray) => {
    const model = decodeModel(
      fileWithTensor(
        block(1, varint(3)),
        integer(2, dataTypeNumber(dataType)),
        block(field, ...values.map(varint))
      )
    )
    expect(tensorBytesOf(model)).toEqual([...new Uint8Array(toArray([...values]).buffer)])
  })

  it.each([
    ['float32', 4, Float32Array.of(1.5, -0, Infinity), 3],
    ['complex64', 4, Float32Array.of(1, 2, 3, 4), 2],
    ['float64', 10, Float64Array.of(Math.PI, 1e-320), 2],
    ['complex128', 10, Float64Array.of(1, 2), 1]
  ] as const)('%s bit for bit', (dataType, field, values, count) => {
    const bytes = new Uint8Array(values.buffer)
    const model = decodeModel(
      fileWithTensor(integer(1, count), integer(2, dataTypeNumber(dataType)), block(field, bytes))
    )
    expect(tensorBytesOf(model)).toEqual([...bytes])
  })

  it('raw values as a view of the file', () => {
    const bytes = fileWithTensor(integer(1, 2), integer(2, 3), block(9, [1, 2]))
    const data = decodeModel(Buffer.from(bytes.buffer)).graph.initializers.get('w')?.data
    expect(data?.kind === 'bytes' && data.bytes.buffer === bytes.buffer).toBe(true)
  })
})

describe('decodeModel reads what exporters write', () => {
  it('the ends of int64 inside an attribute', () => {
    const ints = block(8, ...[2n ** 63n - 1n, -(2n ** 63n), -1n].map(varint))
    const node = block(1, text(4, 'Slice'), block(5, text(1, 'ends'), integer(20, 7), ints))
    const model = decodeModel(file(integer(1, 8), opset(17), graph(node)))
    expect(model.graph.nodes[0]?.attributes.get('ends')).toEqual({
      kind: 'ints',
      value: [9223372036854775807n, -9223372036854775808n, -1n]
    })
  })

  it('unknown sizes written as -1 or as an empty name, and known ones', () => {
    const dims = [
      block(1, integer(1, -1)),
      block(1, text(2, '')),
      block(1, text(2, 'n')),
      block(1, integer(1, 0))
    ]
    const type = block(2, block(1, integer(1, 1), block(2, ...dims)))
    const model = decodeModel(file(integer(1, 8), opset(17), graph(block(11, text(1, 'x'), type))))
    expect(model.graph.inputs[0]?.type).toEqual({
      kind: 'tensor',
      dataType: 'float32',
      dims: [undefined, undefined, 'n', 0]
    })
  })

  it('both spellings of the default domain as one', () => {
    const imports = block(8, text(1, 'ai.onnx'), integer(2, 17))
    const node = block(1, text(4, 'Relu'), text(7, 'ai.onnx'))
    const model = decodeModel(file(integer(1, 8), imports, graph(node)))
    expect(model.opsetImports).toEqual(new Map([['', 17]]))
    expect(model.graph.nodes[0]?.domain).toBe('')
  })

  it('a reference to external data with its defaults', () => {
    const model = decodeModel(
      fileWithTensor(
        integer(1, 3),
        integer(2, 1),
        integer(14, 1),
        block(13, text(1, 'location'), text(2, 'w.bin'))
      )
    )
    expect(model.graph.initializers.get('w')?.data).toEqual({
      kind: 'external',
      location: 'w.bin',
      offsetBytes: 0,
      lengthBytes: 12
    })
  })
})

describe('decodeModel refuses', () => {
  const entry = (key: string, value: string) => block(13, text(1, key), text(2, value))
  const external = (...entries: Part[]) =>
    fileWithTensor(integer(1, 3), integer(2, 1), integer(14, 1), ...entries)
  const duplicate = initializer(text(8, 'w'), integer(1, 1), integer(2, 3), block(9, [0]))
  const attribute = block(5, text(1, 'axis'), integer(20, 2))
  const cases: [string, Uint8Array, string, RegExp][] = [
    ['no bytes', file(), 'invalid-input', /no IR version or no graph/],
    ['text', new TextEncoder().encode('# Lathe\nnot a model at all'), 'invalid-input', /not an ONNX model/],
    ['a model without a graph', file(integer(1, 8), opset(17)), 'invalid-input', /no graph/],
    ['a newer IR', file(integer(1, 14), opset(17), graph()), 'unsupported-model', /IR version 14/],
    [
      'an old opset',
      file(integer(1, 8), opset(6), graph()),
      'unsupported-model',
      /opset 6, expected 7 to 26/
    ],
    ['a newer opset', file(integer(1, 8), opset(27), graph()), 'unsupported-model', /opset 27/],
    [
      'an IR version of 2^63-1',
      file(integer(1, 2n ** 63n - 1n), graph()),
      'invalid-input',
      /9223372036854775807/
    ],
    [
      'too few bytes',
      fileWithTensor(integer(1, 3), integer(2, 1), block(9, [1, 2])),
      'invalid-input',
      /'w'.*12 bytes.*got 2/
    ],
    ['no values', fileWithTensor(integer(1, 3), integer(2, 1)), 'invalid-input', /needs 3 values, got 0/],
    [
      'absurd sizes',
      fileWithTensor(block(1, varint(2n ** 40n), varint(2n ** 40n)), integer(2, 1)),
      'invalid-input',
      /more elements/
    ],
    ['an absurd count', fileWithTensor(integer(1, 2n ** 48n), integer(2, 1)), 'invalid-input', /got 0/],
    ['a negative size', fileWithTensor(integer(1, -1), integer(2, 1)), 'invalid-input', /is -1/],
    ['an unknown element type', fileWithTensor(integer(2, 99)), 'unsupported-model', /element type 99/],
    ['no element type', fileWithTensor(), 'invalid-input', /no element type/],
    ['a segment', fileWithTensor(integer(2, 1), block(3, integer(2, 5))), 'unsupported-model', /segment/],
    ['an unsafe location', external(entry('location', '../../etc/passwd')), 'invalid-input', /passwd/],
    [
      'a wrong external length',
      external(entry('location', 'w'), entry('length', '8')),
      'invalid-input',
      /has 8/
    ],
    ['a damaged offset', external(entry('location', 'w'), entry('offset', '1e3')), 'invalid-input', /1e3/],
    [
      'two initializers of one name',
      file(integer(1, 8), opset(17), graph(duplicate, duplicate)),
      'invalid-input',
      /'w'.*twice/
    ],
    [
      'two attributes of one name',
      file(integer(1, 8), opset(17), graph(block(1, text(4, 'Softmax'), attribute, attribute))),
      'invalid-input',
      /'axis'.*Softmax.*twice/
    ],
    [
      'an attribute without type',
      file(integer(1, 8), opset(17), graph(block(1, block(5, text(1, 'a'))))),
      'invalid-input',
      /type.*is 0/
    ],
    [
      'a tensor attribute without tensor',
      file(integer(1, 8), opset(17), graph(block(1, block(5, integer(20, 4))))),
      'invalid-input',
      /missing/
    ],
    [
      'two versions of one domain',
      file(integer(1, 8), opset(17), opset(18), graph()),
      'invalid-input',
      /17 and 18/
    ],
    [
      'a name that is not UTF-8',
      file(integer(1, 8), opset(17), block(7, block(2, [0xff, 0xfe]))),
      'invalid-input',
      /not an ONNX model/
    ]
  ]
  it.each(cases)('%s', (_, bytes, code, message) => {
    const failure = failureOf(bytes)
    expect(failure.code).toBe(code)
    expect(failure.message).toMatch(message)
    expect(failure.message).toMatch(/\.$/)
  })

  it('bytes that are not protobuf, keeping the reason as cause', () => {
    expect(failureOf(file([0x08])).cause).toBeInstanceOf(Error)
  })

  it.each([maximumGraphDepth + 1, 200, 1000])('%d nested subgraphs', (depth) => {
    let inner: Uint8Array = file(text(2, 'deepest'))
    for (let level = 0; level < depth; level++) {
      inner = file(block(1, block(5, text(1, 'body'), integer(20, 5), block(6, inner))))
    }
    expect(failureOf(file(integer(1, 8), opset(17), block(7, inner))).code).toBe('unsupported-model')
  })
})

describe('decodeModel on damaged files', () => {
  const whole = encodeModel(everyFeatureModel())

  /** A damaged file is either refused with a code or still a model that can be checked and written again. */
  function expectRefusalOrModel(bytes: Uint8Array): void {
    try {
      const model = decodeModel(bytes)
      encodeModel(model)
      assertInvariants(model, 'invalid-input')
    } catch (error) {
      if (!(error instanceof WorkbenchError)) throw error
      expect(error.message).not.toBe('')
    }
  }

  it('survives every truncation', () => {
    for (let length = 0; length < whole.byteLength; length++) expectRefusalOrModel(whole.subarray(0, length))
  })

  it('survives flipped bits and overwritten bytes', () => {
    const prng = createPrng(20)
    for (let round = 0; round < 4000; round++) {
      const bytes = whole.slice()
      for (let flips = 1 + prng.integer(4); flips > 0; flips--) {
        const position = prng.integer(bytes.byteLength)
        bytes[position] = round % 2 === 0 ? bytes[position]! ^ (1 << prng.integer(8)) : prng.integer(256)
      }
      expectRefusalOrModel(bytes)
    }
  })
})
