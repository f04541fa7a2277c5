import { WorkbenchError } from '@contract/errors'
import { GraphBuilder } from '../onnx/build/graph-builder'
import { floatAttribute, intAttribute } from '../onnx/ir/attribute'
import { dataTypeNumber } from '../onnx/ir/data-type'
import { encodeModel } from '../onnx/serde/encode-model'
import type { InferenceBackend, InferenceSession, RuntimeTensor } from '../runtime/inference-backend'
import { matrix, type Matrix } from './matrix'
import { productShape, type ProductOptions, type Products } from './products'

/** `Products` that run in the inference backend, and the Gram matrix of float32 rows; release when done. */
export interface BackendProducts extends Products {
  /**
   * XᵀX in float64 of float32 rows X [rows, columns], row-major.
   *
   * The conversion to float64 happens before the product, so the sums carry 53 bits.
   */
  gram(rows: Float32Array, columns: number): Promise<Matrix>
  release(): Promise<void>
}

/**
 * Float64 products through the backend's Gemm.
 *
 * A product costs the same arithmetic as in plain loops but runs blocked, vectorised and on `threads` cores.
 * Graphs are built once per transposition and kept open.
 */
export function createBackendProducts(backend: InferenceBackend, threads = 1): BackendProducts {
  const sessions = new Map<string, Promise<InferenceSession>>()

  function session(key: string, build: () => Uint8Array): Promise<InferenceSession> {
    let opened = sessions.get(key)
    if (opened === undefined) {
      // A session has one node and writes where it is told: kept memory would only be the size of the largest product.
      opened = backend.open({ kind: 'bytes', bytes: build() }, { threads, keepsMemory: false })
      sessions.set(key, opened)
    }
    return opened
  }

  return {
    async product(a, b, options = {}) {
      const [rows, , columns] = productShape(a, b, options)
      const { transposeA, transposeB, subtractFrom: c, into } = options
      const key = `gemm-${transposeA ? 't' : 'n'}${transposeB ? 't' : 'n'}${c ? '-c' : ''}`
      const gemm = await session(key, () => gemmModel(options))
      const feeds = { a: toTensor(a), b: toTensor(b) }
      const { product } = await gemm.run(
        c === undefined ? feeds : { ...feeds, c: toTensor(c) },
        into === undefined ? undefined : { product: toTensor(into) }
      )
      // ONNX Runtime has written into it; what it hands back is a second view that must not outlive it.
      return into ?? toMatrix(product, rows, columns)
    },

    async gram(rows, columns) {
      if (columns < 1 || rows.length % columns !== 0) {
        throw new WorkbenchError('internal', `${rows.length} values do not make rows of ${columns}.`)
      }
      const gramSession = await session('gram', gramModel)
      const dims = [rows.length / columns, columns]
      const { gram } = await gramSession.run({ rows: { dataType: 'float32', dims, data: rows } })
      return toMatrix(gram, columns, columns)
    },

    async release() {
      const opened = await Promise.all(sessions.values())
      sessions.clear()
      await Promise.all(opened.map((each) => each.release()))
    }
  }
}

function gemmModel({ transposeA = false, transposeB = false, subtractFrom }: ProductOptions): Uint8Array {
  const builder = new GraphBuilder('product')
  const a = builder.input('a', 'float64', ['aRows', 'aColumns'])
  const b = builder.input('b', 'float64', ['bRows', 'bColumns'])
  const transpositions = {
    transA: intAttribute(Number(transposeA)),
    transB: intAttribute(Number(transposeB))
  }
  const operands =
    subtractFrom === undefined ? [a, b] : [a, b, builder.input('c', 'float64', ['rows', 'columns'])]
  const attributes =
    subtractFrom === undefined ? transpositions : { ...transpositions, alpha: floatAttribute(-1) }
  builder.output(builder.node('Gemm', operands, { attributes, outputs: ['product'] }), 'float64')
  return encodeModel(builder.build())
}

function gramModel(): Uint8Array {
  const builder = new GraphBuilder('gram')
  const rows = builder.input('rows', 'float32', ['rows', 'columns'])
  const wide = builder.node('Cast', [rows], { attributes: { to: intAttribute(dataTypeNumber('float64')) } })
  const gram = builder.node('Gemm', [wide, wide], {
    attributes: { transA: intAttribute(1) },
    outputs: ['gram']
  })
  builder.output(gram, 'float64')
  return encodeModel(builder.build())
}

function toTensor(a: Matrix): RuntimeTensor {
  return { dataType: 'float64', dims: [a.rows, a.columns], data: a.data }
}

function toMatrix(tensor: RuntimeTensor | undefined, rows: number, columns: number): Matrix {
  if (tensor?.dataType !== 'float64') {
    throw new WorkbenchError(
      'internal',
      `A product came back as ${tensor?.dataType ?? 'nothing'}, expected float64.`
    )
  }
  return matrix(rows, columns, tensor.data)
}
