import type { LayerRole } from '@contract/recipe'
import type { DataType } from '../ir/data-type'
import type { GraphPath } from '../graph-path'
import type { ConvolutionWindow } from './convolution-window'

/** What a linear layer does inside its block. `other` when neither names nor structure tell. */
export type LinearRole = LayerRole

/**
 * A compressible linear map y = alpha · (x · W) + beta · b located in a graph, W [in, out], b [out].
 *
 * alpha and beta are 1 except for a Gemm that says otherwise. A Gemm that transposes its input (transA) is not
 * listed: its features are not on one axis of x.
 *
 * A Conv whose window is larger than one position multiplies patches of its input: in = channels · kernel elements,
 * channels first. A Gather multiplies one-hot rows: in = size of the vocabulary.
 *
 * Only the location is kept; the weight's values stay in the model until a method asks for them.
 */
export interface LinearLayer {
  /** Stable and unique in the model: the node's name, or its qualified output when it has none of its own. */
  readonly id: string
  readonly operator: 'MatMul' | 'Gemm' | 'Conv' | 'Gather'
  /** Output name of the node that multiplies: it identifies the node in its graph. */
  readonly nodeOutput: string
  /** The initializer (or Constant output) that holds the weight's values. */
  readonly weightName: string
  /** How the stored tensor becomes W [in, out]: its first axis, and the others taken together, read in this order. */
  readonly weightLayout: 'in-out' | 'out-in'
  /** Type in which the weight is stored: a floating-point type. */
  readonly weightDataType: DataType
  readonly inFeatures: number
  readonly outFeatures: number
  /**
   * The value x that is multiplied. Features are its last axis, for Conv its second; for Gather it holds the indices of
   * rows of W.
   */
  readonly input: string
  /** For a Conv that is not pointwise: where its patches are. Left out for every other layer. */
  readonly window?: ConvolutionWindow
  /** The value that leaves the layer: after the bias where there is one. */
  readonly output: string
  /** Initializer of the bias [out] (Gemm's C, Conv's B, or the constant of the following Add), if any. */
  readonly biasName: string | undefined
  readonly alpha: number
  readonly beta: number
  /** Zero-based block in order of depth; undefined outside the repeated blocks. */
  readonly blockIndex: number | undefined
  readonly role: LinearRole
  /** For q, k, v and out: whether keys come from the same sequence as queries. Undefined when unknown. */
  readonly attention: 'self' | 'cross' | undefined
  /** How many linear layers of the model use the same stored weight; 1 when it is not shared. */
  readonly weightUses: number
  /** Where the node is: empty for the main graph. A stored weight may be in a graph further out. */
  readonly graphPath: GraphPath
}
