/** Reverse-mode differentiation of an ONNX graph into an ONNX graph. */
import { WorkbenchError } from '@contract/errors'
import { usedValues } from '../onnx/graph-index'
import { describeNode } from '../onnx/ir/attribute'
import { isFloatingDataType } from '../onnx/ir/data-type'
import type { Model, Node } from '../onnx/ir/model'
import type { CarriedGradient } from './carried-gradient'
import { Recomputation } from './checkpointing'
import { GraphWriter } from './graph-writer'
import { isGradientStop, vjpFor } from './rules/rules'
import { segmentsOf } from './segments'
import { publishedTable } from './vjp'

/**
 * The oldest opset that is differentiated: since 13 Softmax has its present meaning, and the axes of ReduceSum and
 * Unsqueeze are inputs. Rules that write newer operators ask for them themselves.
 */
export const minimumOpset = 13

export interface DifferentiateOptions {
  /** A value of the main graph with one element. */
  readonly loss: string
  /** Floating-point initializers, inputs or other values of the main graph. */
  readonly wrt: readonly string[]
  /** Values that bring their own gradients; see `CarriedGradient`. */
  readonly carried?: readonly CarriedGradient[]
  /** Sizes of inputs that will never change, by input name: what they settle is not computed at run time. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>
  /**
   * Compute activations anew in the backward pass instead of keeping them; see `Recomputation`. The gradients are the same, the
   * run takes less memory and up to the time of another forward pass.
   */
  readonly checkpointing?: boolean
}

export interface Differentiated {
  readonly model: Model
  /** The output that holds d(loss)/d(value), by the value's name: `${name}.gradient` where that name is free. */
  readonly gradients: ReadonlyMap<string, string>
}

/**
 * A model that also computes d(loss)/d(value) for each value in `wrt`, each with that value's shape and type.
 *
 * - All outputs of `model` stay; `loss` becomes one.
 * - Only nodes on a path from `wrt` to `loss` are differentiated; others may have no rule. Integer and boolean
 *   values, and operators that are constant almost everywhere (Floor, Sign, comparisons), stop the gradient.
 * - A value that is used n times sums its n cotangents, in the order of the nodes from the back.
 * - Shapes may be dynamic: what is not known is computed by the graph.
 *
 * Deterministic; `model` is not modified.
 *
 * @throws WorkbenchError `unsupported-model` for a node on a path without a rule, naming it, or an older opset.
 * @throws WorkbenchError `invalid-input` for a loss that is no scalar, and names that are missing, not
 * floating-point, or without influence on the loss.
 * Source: reverse accumulation (Griewank and Walther, Evaluating Derivatives, 2008, chapter 3).
 */
export function differentiate(model: Model, options: DifferentiateOptions): Differentiated {
  const graph = new GraphWriter(model, 'gradient', options.inputShapes)
  if (graph.opset < minimumOpset) {
    throw new WorkbenchError(
      'unsupported-model',
      `The model has opset ${graph.opset}, expected ${minimumOpset} or newer to differentiate it; convert it to a newer opset.`
    )
  }
  checkRequest(model, graph, options)
  const carried = new Map((options.carried ?? []).map((each) => [each.value, each]))
  const { active, nodes } = reach(model, graph, options.wrt, carried)
  const cotangents = new Cotangents(graph)
  // d(loss)/d(loss) = 1, in the loss's own shape: [] or [1, ...].
  cotangents.add(options.loss, graph.filled(graph.shapeOf(options.loss), 1, graph.dataType(options.loss)!))
  const recomputation =
    options.checkpointing === true
      ? new Recomputation(graph, segmentsOf(model, graph, new Set(options.wrt)))
      : undefined
  for (const node of nodes.reverse()) {
    if (!node.outputs.some((output) => active.has(output) && cotangents.has(output))) continue
    recomputation?.enter(node, (isInside) => cotangents.takeNewOutside(isInside))
    if (!flowCarried(node, { graph, carried, cotangents })) flowNode(node, { graph, active, cotangents })
  }
  return declareGradients(graph, cotangents, options)
}

function checkRequest(model: Model, graph: GraphWriter, { loss, wrt }: DifferentiateOptions): void {
  const { inputs, initializers, nodes } = model.graph
  const defined = new Set([...inputs.map(({ name }) => name), ...initializers.keys()])
  for (const node of nodes) for (const output of node.outputs) defined.add(output)
  for (const name of [loss, ...wrt]) {
    if (name === '' || !defined.has(name)) {
      throw new WorkbenchError('invalid-input', `The model has no value '${name}' to differentiate.`)
    }
    const dataType = graph.dataType(name)
    if (dataType === undefined || !isFloatingDataType(dataType)) {
      throw new WorkbenchError(
        'invalid-input',
        `'${name}' holds ${dataType ?? 'values of unknown type'}, expected floating-point values to differentiate.`
      )
    }
  }
  const dims = graph.dims(loss)
  if (dims === undefined || dims.some((dim) => dim !== 1)) {
    const shape =
      dims === undefined ? 'an unknown shape' : `shape [${dims.map((dim) => dim ?? '?').join(', ')}]`
    throw new WorkbenchError(
      'invalid-input',
      `The loss '${loss}' has ${shape}, expected one number; reduce it by a sum or a mean first.`
    )
  }
}

interface Reach {
  /** Every value that `wrt` influences through operators that let gradients pass, and `wrt`. */
  readonly active: ReadonlySet<string>
  /** The nodes that do so, in the order of the graph. */
  readonly nodes: Node[]
}

function reach(
  model: Model,
  graph: GraphWriter,
  wrt: readonly string[],
  carried: ReadonlyMap<string, CarriedGradient>
): Reach {
  const active = new Set(wrt)
  const isActive = (value: string) => active.has(value)
  const nodes = model.graph.nodes.filter((node) => {
    const own = carried.get(node.outputs[0] ?? '')
    const isReached =
      own === undefined
        ? !isGradientStop(node) && [...usedValues(node)].some(isActive)
        : own.gradients.some(({ input }) => isActive(input))
    if (!isReached) return false
    for (const output of node.outputs) if (output !== '' && isReal(graph, output)) active.add(output)
    return true
  })
  return { active, nodes }
}

/** Whether a value may carry a gradient. A type that inference does not find is given the benefit of the doubt. */
function isReal(graph: GraphWriter, value: string): boolean {
  const dataType = graph.dataType(value)
  return dataType === undefined || dataType === 'undefined' || isFloatingDataType(dataType)
}

/** The cotangents found so far; several of one value are summed when it is asked for. */
class Cotangents {
  readonly #terms = new Map<string, string[]>()
  #added: { readonly value: string; readonly cotangent: string }[] = []
  readonly #graph: GraphWriter

  constructor(graph: GraphWriter) {
    this.#graph = graph
  }

  /** The terms added since the last call of values that are not `isInside`. */
  takeNewOutside(isInside: (value: string) => boolean): string[] {
    const outside = this.#added.filter(({ value }) => !isInside(value)).map(({ cotangent }) => cotangent)
    this.#added = []
    return [...new Set(outside)]
  }

  add(value: string, cotangent: string): void {
    this.#added.push({ value, cotangent })
    const terms = this.#terms.get(value)
    if (terms === undefined) this.#terms.set(value, [cotangent])
    else terms.push(cotangent)
  }

  has(value: string): boolean {
    return this.#terms.has(value)
  }

  get(value: string): string | undefined {
    const terms = this.#terms.get(value)
    if (terms === undefined) return undefined
    if (terms.length > 1) this.#terms.set(value, [this.#graph.node('Sum', terms)])
    return this.#terms.get(value)![0]
  }
}

interface CarriedFlow {
  readonly graph: GraphWriter
  readonly carried: ReadonlyMap<string, CarriedGradient>
  readonly cotangents: Cotangents
}

/** Lets the cotangent of a value that carries its gradients jump over the nodes that compute it. */
function flowCarried(node: Node, { graph, carried, cotangents }: CarriedFlow): boolean {
  const output = node.outputs[0] ?? ''
  const own = carried.get(output)
  const cotangent = cotangents.get(output)
  if (own === undefined || cotangent === undefined) return false
  for (const { input, gradient } of own.gradients) cotangents.add(input, graph.mul(cotangent, gradient))
  return true
}

interface NodeFlow {
  readonly graph: GraphWriter
  readonly active: ReadonlySet<string>
  readonly cotangents: Cotangents
}

function flowNode(node: Node, { graph, active, cotangents }: NodeFlow): void {
  const rule = vjpFor(node)
  if (rule === undefined) {
    const operator = node.domain === '' ? node.opType : `${node.domain}::${node.opType}`
    throw new WorkbenchError(
      'unsupported-model',
      `Node '${describeNode(node)}' (${operator}) lies between a weight to train and the loss, and its operator has no gradient rule; ${publishedTable} lists those that have one.`,
      { details: { node: describeNode(node), operator } }
    )
  }
  const results = rule({
    node,
    graph,
    cotangent: (index) => cotangents.get(node.outputs[index] ?? ''),
    isNeeded: (index) => active.has(node.inputs[index] ?? '')
  })
  node.inputs.forEach((input, index) => {
    const result = results[index]
    if (result !== undefined && active.has(input)) cotangents.add(input, result)
  })
}

function declareGradients(
  graph: GraphWriter,
  cotangents: Cotangents,
  { loss, wrt }: DifferentiateOptions
): Differentiated {
  const gradients = new Map<string, string>()
  for (const name of new Set(wrt)) {
    const cotangent = cotangents.get(name)
    if (cotangent === undefined) {
      throw new WorkbenchError(
        'invalid-input',
        `The loss '${loss}' does not depend on '${name}' through operators that have a gradient; leave it out.`
      )
    }
    const gradient = graph.rename(cotangent, graph.takeName(`${name}.gradient`))
    graph.output(gradient, graph.dataType(name), graph.dims(name))
    gradients.set(name, gradient)
  }
  return { model: graph.build([loss]), gradients }
}
