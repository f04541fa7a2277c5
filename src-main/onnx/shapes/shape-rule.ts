import { WorkbenchError } from '@contract/errors'
import { describeNode } from '../ir/attribute'
import type { Node } from '../ir/model'
import type { Dim, InferredValue } from './inferred-value'

/** How a subgraph is inferred: strict reports contradictions inside it, lenient leaves the rest unknown. */
export type SubgraphMode = 'strict' | 'lenient'

/** What a rule may look at. */
export interface RuleContext {
  readonly node: Node
  /** Version of the default ONNX domain. */
  readonly opset: number
  /** What is known of an input; an unknown value for one that is left out. */
  readonly input: (index: number) => InferredValue
  readonly hasInput: (index: number) => boolean
  /** Infers the subgraph in an attribute, its inputs given in order. Returns its outputs. */
  readonly subgraph: (
    attributeName: string,
    inputs: readonly InferredValue[],
    mode: SubgraphMode
  ) => InferredValue[]
}

/** The outputs of a node from its inputs, in order. Missing trailing outputs are unknown. */
export type ShapeRule = (context: RuleContext) => readonly InferredValue[]

/** The rules of one operator family, by operator type. */
export type RuleFamily = Readonly<Record<string, ShapeRule>>

/** The error for a node whose inputs cannot fit together. */
export function contradiction(node: Node, reason: string): WorkbenchError {
  return new WorkbenchError(
    'invalid-input',
    `Node '${describeNode(node)}' (${node.opType}) cannot run: ${reason}.`,
    { details: { node: describeNode(node), operator: node.opType } }
  )
}

/** A shape as messages show it. */
export function formatDims(dims: readonly Dim[] | undefined): string {
  return dims === undefined ? '[unknown rank]' : `[${dims.map((dim) => dim ?? '?').join(', ')}]`
}

/**
 * An axis as a non-negative index.
 *
 * @throws WorkbenchError `invalid-input` when the axis lies outside the rank.
 */
export function resolveAxis(node: Node, axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis
  if (resolved < 0 || resolved >= rank) {
    throw contradiction(node, `axis ${axis} lies outside a value of rank ${rank}`)
  }
  return resolved
}

/**
 * The axes of a node that takes them as an attribute in older opsets and as an input in newer ones.
 * 'absent' when the node has neither, undefined when they are not known.
 */
export function axesOf(context: RuleContext, inputIndex: number): readonly number[] | 'absent' | undefined {
  const attribute = context.node.attributes.get('axes')
  if (attribute?.kind === 'ints') return attribute.value.map(Number)
  if (!context.hasInput(inputIndex)) return 'absent'
  const { elements } = context.input(inputIndex)
  return elements?.every((axis) => axis !== undefined) ? elements : undefined
}
