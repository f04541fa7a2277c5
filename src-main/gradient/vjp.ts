/** What a gradient rule is: the vector-Jacobian product (vjp) of one ONNX operator, written as ONNX nodes. */
import { WorkbenchError } from '@contract/errors'
import { describeNode, intAttribute, stringAttribute } from '../onnx/ir/attribute'
import type { DataType } from '../onnx/ir/data-type'
import type { Node } from '../onnx/ir/model'
import type { GraphWriter, StaticDims } from './graph-writer'

/** What a rule sees of the node it differentiates. */
export interface VjpContext {
  readonly node: Node
  readonly graph: GraphWriter
  /** d(loss)/d(output): the cotangent of an output, with that output's shape; undefined where the loss has none. */
  readonly cotangent: (output: number) => string | undefined
  /** Whether anybody asked for the cotangent of this input. */
  readonly isNeeded: (input: number) => boolean
}

/**
 * Writes the nodes that turn cotangents of a node's outputs into cotangents of its inputs, and returns those in the
 * order of the inputs. Undefined, or a missing end, stands for an input without a gradient (a shape, an index) or
 * one that is not needed.
 */
export type Vjp = (context: VjpContext) => readonly (string | undefined)[]

/** The rules of one operator family, by operator type. */
export type VjpFamily = Readonly<Record<string, Vjp>>

/** Where readers find which operators have gradients, and with what limits. */
export const publishedTable = 'docs/gradients.md'

/** The error of a rule that does not cover a form of its operator. `reason` completes "because ...". */
export function refusal(node: Node, reason: string): WorkbenchError {
  return new WorkbenchError(
    'unsupported-model',
    `Node '${describeNode(node)}' (${node.opType}) has no gradient because ${reason}; ${publishedTable} lists the forms that have one.`,
    { details: { node: describeNode(node), operator: node.opType } }
  )
}

/**
 * The cotangent of the first output, for operators whose other outputs carry none.
 *
 * @throws WorkbenchError `unsupported-model` when the loss depends on another output.
 */
export function onlyCotangent({ node, cotangent }: VjpContext): string {
  const first = cotangent(0)
  const other = node.outputs.findIndex((_, index) => index > 0 && cotangent(index) !== undefined)
  if (first === undefined || other > 0) {
    throw refusal(node, `the loss depends on its output ${other}, '${node.outputs[other] ?? ''}'`)
  }
  return first
}

/** @throws WorkbenchError `unsupported-model` when someone needs the gradient of input `index`. */
export function refuseGradientOf({ node, isNeeded }: VjpContext, index: number, what: string): void {
  if (isNeeded(index)) throw refusal(node, `${what} is a path from a weight to the loss`)
}

/** The element type of an input. */
export function typeOf({ node, graph }: VjpContext, index = 0): DataType {
  const dataType = graph.dataType(node.inputs[index] ?? '')
  if (dataType === undefined || dataType === 'undefined') {
    throw refusal(node, `the element type of '${node.inputs[index]}' is not known`)
  }
  return dataType
}

/** The static shape of an input, whose rank must be known. */
export function dimsOf({ node, graph }: VjpContext, index: number): StaticDims {
  const dims = graph.dims(node.inputs[index] ?? '')
  if (dims === undefined) throw refusal(node, `the rank of '${node.inputs[index]}' is not known`)
  return dims
}

/** A scalar constant in the type of the first input. */
export function constant(context: VjpContext, value: number): string {
  return context.graph.scalar(value, typeOf(context))
}

/** `value` times a number, in the type of the first input. */
export function scaled(context: VjpContext, value: string, factor: number): string {
  return factor === 1 ? value : context.graph.mul(value, constant(context, factor))
}

/** @throws WorkbenchError `unsupported-model` for models older than `opset`, which `what` in the gradient needs. */
export function requireOpset({ node, graph }: VjpContext, opset: number, what: string): void {
  if (graph.opset < opset) {
    throw refusal(node, `it needs ${what} of opset ${opset}, and the model has opset ${graph.opset}`)
  }
}

/** Zeros of shape `shape` with `updates` added at `indices` along `axis`, repeated ones too. */
export function scatterAdd(
  context: VjpContext,
  shape: string,
  {
    indices,
    updates,
    axis = 0
  }: { readonly indices: string; readonly updates: string; readonly axis?: number }
): string {
  requireOpset(context, 16, 'the ScatterElements that adds')
  const { graph } = context
  return graph.node('ScatterElements', [graph.filled(shape, 0, typeOf(context)), indices, updates], {
    axis: intAttribute(axis),
    reduction: stringAttribute('add')
  })
}
