/** A small graph that a gradient rule is checked on. */
import type { GraphBuilder } from '../../../src-main/onnx/build/graph-builder'
import type { RuntimeTensor } from '../../../src-main/runtime/inference-backend'

export type FloatType = 'float32' | 'float64'

/** How random inputs are drawn; functions with kinks need values that a difference quotient does not carry across. */
export type Draw =
  | 'normal'
  /** Between 0.5 and 2. */
  | 'positive'
  /** Of either sign, at least 0.2 from every whole number. */
  | 'off-integers'
  /** All at least 0.3 apart from one another. */
  | 'distinct'

export interface GradientCase {
  /** What is special about it. */
  readonly name: string
  /** float64 by default; float32 for operators without a float64 kernel. */
  readonly dataType?: FloatType
  readonly opset?: number
  /** Inputs to differentiate, with their shapes. */
  readonly inputs: Readonly<Record<string, readonly number[]>>
  readonly draw?: Draw
  /** Inputs that are fed as they are. */
  readonly fixed?: Readonly<Record<string, RuntimeTensor>>
  /** Adds the nodes behind the inputs and returns what the loss depends on. */
  readonly build: (builder: GraphBuilder, dataType: FloatType) => string | readonly string[]
  /** Inputs whose sizes are known even where those of the others are not, as a weight's are. */
  readonly knownShapes?: readonly string[]
  /** Set where the rule needs all sizes; the published table says so. */
  readonly isStaticOnly?: true
}

/** Cases of one operator that differ in shapes and attributes. */
export type GradientCases = readonly GradientCase[]
