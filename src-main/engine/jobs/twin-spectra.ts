/**
 * Spectra of the products of an attention. Scores depend on W_q and W_k only through W_q · W_kᵀ of each head, outputs on
 * W_v and W_o only through W_v · W_o: a product can need fewer directions than either of its parts.
 */
import { WorkbenchError } from '@contract/errors'
import type { HeadSpectra, TwinPair, TwinSpectra } from '@contract/inspect'
import { matrix, columnSlice, transpose, type Matrix } from '../../linalg/matrix'
import { thinQr } from '../../linalg/qr'
import { svd } from '../../linalg/svd'
import type { Model } from '../../onnx/ir/model'
import { attentionOfLayer, type LocatedAttention } from '../../onnx/linear-layer/attention-heads'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { readWeight } from '../../onnx/linear-layer/read-weight'
import type { ShapeTable } from '../../onnx/shapes/infer-shapes'

export interface TwinInputs {
  readonly model: Model
  /** Of `model`. */
  readonly layers: readonly LinearLayer[]
  readonly layer: LinearLayer
  readonly shapes: ShapeTable
}

/**
 * The products of the attention that a layer belongs to, head by head. Biases, and what is done to queries and keys between
 * layer and product (a rotation, a normalization), are left out.
 *
 * That it cannot be told is a result with its reason. Deterministic.
 */
export function twinSpectra({ model, layers, layer, shapes }: TwinInputs): TwinSpectra {
  const attention = attentionOfLayer(model, layers, layer, shapes)
  if (attention === undefined)
    return { isKnown: false, reason: `'${layer.id}' is not a part of an attention.` }
  const { headFeatures, q } = attention
  if (headFeatures === undefined) {
    return {
      isKnown: false,
      reason: `The graph does not tell into how many heads the attention of '${layer.id}' is divided.`
    }
  }
  const width = q?.outFeatures ?? attention.out?.inFeatures ?? 0
  const headCount = width / headFeatures
  if (!Number.isInteger(headCount) || headCount < 1) {
    return {
      isKnown: false,
      reason: `The queries of '${layer.id}' have ${width} features, which heads of ${headFeatures} do not divide.`
    }
  }
  const pairs = twinPairs(model, attention, { headCount, headFeatures })
  return pairs.length === 0
    ? {
        isKnown: false,
        reason: `The attention of '${layer.id}' shares its keys or values with another model part.`
      }
    : { isKnown: true, headCount, headFeatures, pairs }
}

interface Heads {
  readonly headCount: number
  readonly headFeatures: number
}

function twinPairs(model: Model, { q, k, v, out }: LocatedAttention, heads: Heads): TwinPair[] {
  const weight = (layer: LinearLayer): Matrix => {
    const read = readWeight(model, layer)
    return matrix(read.in, read.out, read.data)
  }
  const pairs: TwinPair[] = []
  if (q !== undefined && k !== undefined) {
    pairs.push({
      kind: 'query-key',
      layerIds: [q.id, k.id],
      heads: headSpectra(weight(q), weight(k), heads)
    })
  }
  if (v !== undefined && out !== undefined) {
    // Heads are rows of W_o.
    pairs.push({
      kind: 'value-output',
      layerIds: [v.id, out.id],
      heads: headSpectra(weight(v), transpose(weight(out)), heads)
    })
  }
  return pairs
}

/**
 * Singular values of A_h · B_hᵀ for every head, where head h owns a block of the columns of `a` [m, ·] and `b` [n, ·].
 *
 * With thin factors A = Q_a · R_a and B = Q_b · R_b they are those of R_a · R_bᵀ, no larger than a head. The side with
 * fewer heads serves several of the other (grouped queries).
 *
 * @throws WorkbenchError `unsupported-model` when a side is no whole number of heads.
 */
export function headSpectra(a: Matrix, b: Matrix, { headCount, headFeatures }: Heads): HeadSpectra[] {
  const factors = [a, b].map((side) => headFactors(side, headFeatures))
  return Array.from({ length: headCount }, (_, head) => {
    const [first, second] = factors.map((side) => side[Math.floor((head * side.length) / headCount)]!) as [
      Matrix,
      Matrix
    ]
    return {
      product: singularValues(timesTransposed(first, second)),
      first: singularValues(first),
      second: singularValues(second)
    }
  })
}

/** R of the thin QR of every head's block of columns. */
function headFactors(side: Matrix, headFeatures: number): Matrix[] {
  if (side.columns % headFeatures !== 0) {
    throw new WorkbenchError(
      'unsupported-model',
      `A projection of the attention has ${side.columns} features, which heads of ${headFeatures} do not divide.`
    )
  }
  return Array.from(
    { length: side.columns / headFeatures },
    (_, head) => thinQr(columnSlice(side, head * headFeatures, (head + 1) * headFeatures)).r
  )
}

/** A · Bᵀ for `a` [m, k] and `b` [n, k], no larger than a head. */
function timesTransposed(a: Matrix, b: Matrix): Matrix {
  const result = matrix(a.rows, b.rows)
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      let sum = 0
      for (let l = 0; l < a.columns; l++) sum += a.data[i * a.columns + l]! * b.data[j * b.columns + l]!
      result.data[i * b.rows + j] = sum
    }
  }
  return result
}

function singularValues(a: Matrix): number[] {
  return [...svd(a).singularValues]
}
