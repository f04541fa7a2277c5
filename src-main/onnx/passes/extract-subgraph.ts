/**
 * Cuts a piece out of a model: from given values to given values, as a model of its own.
 *
 * Works on the main graph. Where a cut may start is what `liveValues` tells.
 */
import { WorkbenchError } from '@contract/errors'
import { indexGraph, usedValues } from '../graph-index'
import type { Graph, Model, Node, ValueInfo } from '../ir/model'
import { inferShapes, type ShapeTable } from '../shapes/infer-shapes'
import { FreshNames } from './fresh-names'
import { removeUnused } from './remove-unused'

export interface SubgraphBounds {
  /** Values that become the inputs of the piece: outputs of nodes or inputs of the graph. Left out, the graph's own. */
  readonly inputs?: readonly string[]
  /** Values that become its outputs. */
  readonly outputs: readonly string[]
}

/**
 * The part of `model` that computes `outputs` from `inputs`, with the nodes and initializers that this needs.
 *
 * - Inputs are declared in the order given, also those that the outputs do not need. Their types come from shape
 *   inference, else from annotations without their sizes; float32 of any shape where neither knows.
 * - An output may be an input: it is passed through.
 * - Metadata is kept. Annotations of values inside are dropped where they are inputs now.
 *
 * @throws WorkbenchError `invalid-input` for a value that the main graph does not have, for an initializer as input,
 * or naming the input of the graph without which the outputs cannot be computed.
 */
export function extractSubgraph(model: Model, { inputs, outputs }: SubgraphBounds): Model {
  const { graph } = model
  assertPresent(graph, [...(inputs ?? []), ...outputs])
  const declared = inputs === undefined ? graph.inputs : declareInputs(model, inputs)
  const given = new Set(declared.map(({ name }) => name))
  const annotations = new Map(
    [...graph.inputs, ...graph.outputs, ...graph.valueInfos].map((info) => [info.name, info])
  )
  const names = new FreshNames(model)
  const piece = removeUnused({
    ...model,
    graph: {
      ...graph,
      // What a node makes of which all is given need not be made again.
      nodes: graph.nodes
        .filter((node) => !isGiven(node, given))
        .map((node) => withoutGiven(node, given, names)),
      inputs: declared,
      outputs: [...new Set(outputs)].map((name) => annotations.get(name) ?? { name, type: undefined }),
      valueInfos: graph.valueInfos.filter(({ name }) => !given.has(name))
    }
  }).model
  assertComplete(graph, piece.graph, given)
  return piece
}

/**
 * The values that exist before a node of the main graph and are used by it, after it, or as outputs of the graph: fed
 * with them, the rest of the model can start there. In the order in which they come to exist.
 *
 * Graph inputs count where they are still used. What depends on no input is left out: it is a constant that the rest
 * computes for itself, and that a runtime folds.
 *
 * - `beforeNode`  any output of the node.
 *
 * @throws WorkbenchError `invalid-input` when no node has such an output.
 */
export function liveValues({ graph }: Model, beforeNode: string): string[] {
  const position = graph.nodes.findIndex(({ outputs }) => outputs.includes(beforeNode))
  if (beforeNode === '' || position === -1) throw absent(beforeNode)
  const varying = new Set(fedInputs(graph))
  for (const node of graph.nodes.slice(0, position)) {
    if (![...usedValues(node)].some((value) => varying.has(value)) && !isRandom(node)) continue
    for (const output of node.outputs) if (output !== '') varying.add(output)
  }
  const used = new Set(graph.outputs.map(({ name }) => name))
  for (const node of graph.nodes.slice(position)) for (const value of usedValues(node)) used.add(value)
  return [...varying].filter((value) => used.has(value))
}

/** Drawn anew in every run: two parts of a model would see different values. */
function isRandom({ opType }: Node): boolean {
  return opType.startsWith('Random') || opType === 'Multinomial' || opType === 'Bernoulli'
}

/** Inputs that must be fed: those of old models that only offer to override a stored weight need not be. */
function fedInputs(graph: Graph): string[] {
  return graph.inputs.map(({ name }) => name).filter((name) => !graph.initializers.has(name))
}

function assertPresent(graph: Graph, names: readonly string[]): void {
  const index = indexGraph(graph)
  const inputs = new Set(graph.inputs.map(({ name }) => name))
  const missing = names.find((name) => index.producer(name) === undefined && !inputs.has(name))
  if (missing !== undefined) throw absent(missing)
}

function absent(name: string): WorkbenchError {
  return new WorkbenchError(
    'invalid-input',
    `The main graph has no value '${name}' to cut at; name an output of one of its nodes.`,
    { details: { value: name } }
  )
}

function declareInputs(model: Model, names: readonly string[]): ValueInfo[] {
  const own = new Map(model.graph.inputs.map((input) => [input.name, input]))
  const annotations = new Map(
    [...model.graph.outputs, ...model.graph.valueInfos].map((info) => [info.name, info])
  )
  const shapes = names.every((name) => own.has(name)) ? undefined : inferShapes(model)
  return [...new Set(names)].map((name) => own.get(name) ?? cutInput(name, shapes, annotations.get(name)))
}

function cutInput(
  name: string,
  shapes: ShapeTable | undefined,
  annotation: ValueInfo | undefined
): ValueInfo {
  const inferred = shapes?.values.get(name)
  if (inferred !== undefined && inferred.dataType !== 'undefined') {
    return { name, type: { kind: 'tensor', dataType: inferred.dataType, dims: inferred.dims } }
  }
  if (annotation?.type?.kind === 'tensor') {
    // Annotated sizes may be those of the exporter's example; only their number is certain.
    const { dataType, dims } = annotation.type
    return { name, type: { kind: 'tensor', dataType, dims: dims?.map(() => undefined) } }
  }
  return { name, type: { kind: 'tensor', dataType: 'float32', dims: inferred?.dims } }
}

function isGiven({ outputs }: Node, given: ReadonlySet<string>): boolean {
  return outputs.every((output) => output === '' || given.has(output))
}

/** A node of which one output is given and another needed: the given one is renamed, so that it is defined once. */
function withoutGiven(node: Node, given: ReadonlySet<string>, names: FreshNames): Node {
  if (!node.outputs.some((output) => given.has(output))) return node
  const outputs = node.outputs.map((output) => (given.has(output) ? names.take(`${output}.unused`) : output))
  return { ...node, outputs }
}

/** Whatever the piece still takes from the graph's inputs must be among its own. */
function assertComplete(graph: Graph, piece: Graph, given: ReadonlySet<string>): void {
  const needed = new Set(piece.outputs.map(({ name }) => name))
  for (const node of piece.nodes) for (const value of usedValues(node)) needed.add(value)
  const missing = fedInputs(graph).find((name) => needed.has(name) && !given.has(name))
  if (missing === undefined) return
  throw new WorkbenchError(
    'invalid-input',
    `The part of the model cannot be computed without its input '${missing}'; add it to the inputs of the part.`,
    { details: { value: missing } }
  )
}
