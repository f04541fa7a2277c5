import { describe, expect, it } from 'vitest'
import { buildModel, randomFeed, randomTensor } from '../../../tests/helpers/linear-models'
import { intAttribute } from '../../onnx/ir/attribute'
import { dataTypeNumber, type DataType } from '../../onnx/ir/data-type'
import { encodeModel } from '../../onnx/serde/encode-model'
import type { InferenceSession, RuntimeTensor, SessionOptions } from '../inference-backend'
import { createOrtBackend } from './ort-backend'

const backend = createOrtBackend()

/** y = x · w and, for each of `casts`, y in that type. */
function bytes(casts: readonly DataType[] = []): Uint8Array {
  return encodeModel(
    buildModel((b) => {
      const x = b.input('x', 'float32', ['n', 3])
      const y = b.node('MatMul', [x, b.initializer(randomTensor('w', [3, 2], 1))], { outputs: ['y'] })
      b.output(y, 'float32')
      for (const dataType of casts) {
        const attributes = { to: intAttribute(dataTypeNumber(dataType)) }
        b.output(b.node('Cast', [y], { outputs: [dataType], attributes }), dataType)
      }
    })
  )
}

async function withSession<T>(
  source: Uint8Array,
  use: (session: InferenceSession) => Promise<T>,
  options?: SessionOptions
): Promise<T> {
  const session = await backend.open({ kind: 'bytes', bytes: source }, options)
  try {
    return await use(session)
  } finally {
    await session.release()
  }
}

describe('opening', () => {
  it('describes the runtime, the inputs and the outputs', async () => {
    expect(backend.description).toMatch(/^onnxruntime-node \d+\.\d+\.\d+/)
    await withSession(bytes(['int64']), async (session) => {
      expect(session.inputs).toEqual([{ name: 'x', dataType: 'float32', dims: ['n', 3] }])
      expect(session.outputNames).toEqual(['y', 'int64'])
    })
  })

  it.each([0, -1, 1.5, NaN])('refuses %d threads', async (threads) => {
    await expect(backend.open({ kind: 'bytes', bytes: bytes() }, { threads })).rejects.toMatchObject({
      code: 'invalid-input',
      message: `Threads must be a whole number from 1, got ${threads}.`
    })
  })

  it.each([new Uint8Array(0), Uint8Array.of(1, 2, 3), new TextEncoder().encode('not a model at all')])(
    'says in one sentence that bytes are no model',
    async (nonsense) => {
      await expect(backend.open({ kind: 'bytes', bytes: nonsense })).rejects.toMatchObject({
        code: 'native',
        message: expect.stringMatching(
          /^A model built in memory does not load in ONNX Runtime: [^\n]+\.$/
        ) as string
      })
    }
  )

  it('names the file that is not there', async () => {
    await expect(backend.open({ kind: 'file', path: '/nowhere/model.onnx' })).rejects.toMatchObject({
      code: 'native',
      message: expect.stringMatching(
        /^'\/nowhere\/model\.onnx' does not load in ONNX Runtime: [^\n]+\.$/
      ) as string
    })
  })

  it('gives the same numbers on several threads and without graph optimization', async () => {
    const x = randomFeed([64, 3], 2)
    const run = (options?: SessionOptions) => withSession(bytes(), (session) => session.run({ x }), options)
    const expected = await run()
    // Three products per sum, in one order: not a bit differs. Threads that may not spin are accepted.
    expect(await run({ threads: 2 })).toEqual(expected)
    expect(await run({ graphOptimization: false })).toEqual(expected)
  })
})

describe('running', () => {
  it('gives outputs of every number type as the array that belongs to it', async () => {
    const types = ['float64', 'int64', 'int32', 'uint8', 'int8', 'bool'] as const
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [3])
      for (const dataType of types) {
        const attributes = { to: intAttribute(dataTypeNumber(dataType)) }
        b.output(b.node('Cast', [x], { outputs: [dataType], attributes }), dataType)
      }
    })
    const x = { dataType: 'float32', dims: [3], data: Float32Array.of(0, 1, 100) } as const
    const outputs = await withSession(encodeModel(model), (session) => session.run({ x }))
    expect(outputs).toEqual({
      float64: { dataType: 'float64', dims: [3], data: Float64Array.of(0, 1, 100) },
      int64: { dataType: 'int64', dims: [3], data: BigInt64Array.of(0n, 1n, 100n) },
      int32: { dataType: 'int32', dims: [3], data: Int32Array.of(0, 1, 100) },
      uint8: { dataType: 'uint8', dims: [3], data: Uint8Array.of(0, 1, 100) },
      int8: { dataType: 'int8', dims: [3], data: Int8Array.of(0, 1, 100) },
      bool: { dataType: 'bool', dims: [3], data: Uint8Array.of(0, 1, 1) }
    })
  })

  it('accepts inputs of every number type', async () => {
    const feeds: readonly RuntimeTensor[] = [
      { dataType: 'float32', dims: [2], data: Float32Array.of(1, 0) },
      { dataType: 'float64', dims: [2], data: Float64Array.of(1, 0) },
      { dataType: 'int64', dims: [2], data: BigInt64Array.of(1n, 0n) },
      { dataType: 'int32', dims: [2], data: Int32Array.of(1, 0) },
      { dataType: 'uint8', dims: [2], data: Uint8Array.of(1, 0) },
      { dataType: 'int8', dims: [2], data: Int8Array.of(1, 0) },
      { dataType: 'bool', dims: [2], data: Uint8Array.of(1, 0) }
    ]
    const model = buildModel((b) => {
      for (const { dataType } of feeds) {
        const x = b.input(dataType, dataType, [2])
        b.output(b.node('Identity', [x], { outputs: [`${dataType}_out`] }), dataType)
      }
    })
    const outputs = await withSession(encodeModel(model), (session) =>
      session.run(Object.fromEntries(feeds.map((feed) => [feed.dataType, feed])))
    )
    for (const feed of feeds) expect(outputs[`${feed.dataType}_out`]).toEqual(feed)
  })

  it('computes only what is fetched', async () => {
    const outputs = await withSession(bytes(['int64', 'float16']), (session) =>
      session.run({ x: randomFeed([2, 3], 1) }, ['int64'])
    )
    expect(Object.keys(outputs)).toEqual(['int64'])
  })

  it('writes outputs into the tensors given for them', async () => {
    const x = randomFeed([2, 3], 1)
    await withSession(bytes(), async (session) => {
      const plain = await session.run({ x }, ['y'])
      const given = { dataType: 'float32', dims: [2, 2], data: new Float32Array(4) } as const
      const { y } = await session.run({ x }, { y: given })
      expect(y!.data).toBe(given.data)
      expect(given.data).toEqual(plain.y!.data)
      await expect(session.run({ x }, { y: { ...given, dims: [4] } })).rejects.toMatchObject({
        code: 'native'
      })
    })
  })

  it('refuses a float16 output by name', async () => {
    await expect(
      withSession(bytes(['float16']), (session) => session.run({ x: randomFeed([2, 3], 1) }))
    ).rejects.toMatchObject({
      code: 'unsupported-model',
      message: "Output 'float16' is float16, expected a plain number type."
    })
  })

  it.each<[string, Record<string, RuntimeTensor>, RegExp]>([
    ['without an input', {}, /'x'/],
    ['with another type', { x: { dataType: 'int32', dims: [1, 3], data: new Int32Array(3) } }, /int32|type/],
    ['with another size', { x: randomFeed([1, 4], 1) }, /x/],
    ['with fewer values than its shape', { x: { ...randomFeed([1, 2], 1), dims: [1, 3] } }, /3|length/]
  ])('says in one sentence what is wrong with a feed %s', async (_, feeds, fault) => {
    const failure = await withSession(bytes(), (session) =>
      session.run(feeds).then(
        () => undefined,
        (thrown: unknown) => thrown as Error
      )
    )
    expect(failure).toMatchObject({
      code: 'native',
      message: expect.stringMatching(/^ONNX Runtime stopped while running the model: [^\n]+\.$/) as string
    })
    expect(failure!.message.split('model: ')[1]).toMatch(fault)
  })

  it('refuses an output that is not there', async () => {
    await expect(
      withSession(bytes(), (session) => session.run({ x: randomFeed([1, 3], 1) }, ['nothing']))
    ).rejects.toMatchObject({ code: 'native' })
  })

  it('refuses to run after release', async () => {
    const session = await backend.open({ kind: 'bytes', bytes: bytes() })
    await session.release()
    await expect(session.run({ x: randomFeed([1, 3], 1) })).rejects.toMatchObject({ code: 'native' })
  })
})
