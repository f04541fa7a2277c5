import { WorkbenchError } from '@contract/errors'
import { describeNode } from '../ir/attribute'
import type { DataType } from '../ir/data-type'
import type { Graph, Model, Node, ValueInfo } from '../ir/model'
import { qualifiedName, subgraphPath, type GraphPath } from '../graph-path'
import { inferredValue, unknownValue, valueOfTensor, type Dim, type InferredValue } from './inferred-value'
import { shapeRuleFor } from './rules'
import { contradiction, formatDims, type RuleContext, type SubgraphMode } from './shape-rule'
import { standardOpset } from '../ir/operator-domains'

/** The type and shape of a value. A size that depends on what is not bound is undefined. */
export interface ValueShape {
  readonly dataType: DataType
  readonly dims: readonly (number | undefined)[]
}

export interface ShapeTable {
  /**
   * By value name; values of subgraphs under `qualifiedName(path, value)`. Values of unknown rank are absent.
   * Use `shapeOf` to find a value that a subgraph takes from outside.
   */
  readonly values: ReadonlyMap<string, ValueShape>
  /** Operators without a rule, `domain::type` outside the default domain; each once, in order of appearance. */
  readonly unknownOperators: readonly string[]
}

/** Works through one model. Values in scope are chained: a subgraph sees the graphs around it. */
interface Inference {
  readonly opset: number
  readonly values: Map<string, ValueShape>
  readonly unknownOperators: Set<string>
}

interface Scope {
  readonly known: Map<string, InferredValue>
  readonly outer: Scope | undefined
}

/**
 * The types and shapes of all values of `model` for inputs of the given shapes.
 *
 * - `inputShapes` binds inputs by name. A symbolic size that it binds in one input is used in inputs it does not
 *   name; other sizes stay undefined and propagate as undefined. Two inputs may give one symbol different sizes:
 *   exporters reuse symbols loosely.
 * - Constants of up to 1024 elements are followed through shape arithmetic, element by element.
 * - Operators without a rule and calls of model-local functions have unknown outputs.
 * - `If` keeps what both branches agree on; `Loop` and `Scan` what holds in every iteration. Bodies are followed three deep;
 *   what is computed in deeper ones stays unknown.
 * - Values of more than 64 axes stay unknown.
 *
 * Deterministic; `model` is not modified.
 *
 * @throws WorkbenchError `invalid-input` when shapes contradict each other, naming the node.
 */
export function inferShapes(
  model: Model,
  inputShapes: ReadonlyMap<string, readonly number[]> = new Map()
): ShapeTable {
  const inference: Inference = {
    opset: standardOpset(model) ?? 1,
    values: new Map(),
    unknownOperators: new Set()
  }
  const scope: Scope = { known: new Map(), outer: undefined }
  bindInputs(model.graph, inputShapes, scope)
  const walker = new GraphWalker(inference, model)
  walker.inferGraph(model.graph, [], scope)
  return { values: inference.values, unknownOperators: [...inference.unknownOperators] }
}

/** The shape of `value` as seen from the graph at `path`: defined there, or in a graph around it. */
export function shapeOf(table: ShapeTable, value: string, path: GraphPath = []): ValueShape | undefined {
  for (let depth = path.length; depth >= 0; depth -= 2) {
    const shape = table.values.get(qualifiedName(path.slice(0, depth), value))
    if (shape !== undefined) return shape
  }
  return undefined
}

function bindInputs(graph: Graph, inputShapes: ReadonlyMap<string, readonly number[]>, scope: Scope): void {
  const names = new Set(graph.inputs.map((input) => input.name))
  for (const name of inputShapes.keys()) {
    if (!names.has(name)) {
      throw new WorkbenchError(
        'invalid-input',
        `A shape was given for '${name}', which is not an input of the model; its inputs are ${[...names].join(', ')}.`
      )
    }
  }
  const symbols = new Map<string, Dim>()
  for (const input of graph.inputs) {
    const given = inputShapes.get(input.name)
    const declared = input.type?.kind === 'tensor' ? input.type.dims : undefined
    if (given === undefined || declared === undefined) continue
    checkBinding(input, given, declared)
    declared.forEach((dim, axis) => {
      if (typeof dim !== 'string') return
      const size = given[axis]
      symbols.set(dim, symbols.has(dim) && symbols.get(dim) !== size ? undefined : size)
    })
  }
  for (const input of graph.inputs) {
    if (input.type?.kind !== 'tensor') continue
    const dims =
      inputShapes.get(input.name) ??
      input.type.dims?.map((dim) => (typeof dim === 'string' ? symbols.get(dim) : dim))
    scope.known.set(input.name, inferredValue(input.type.dataType, dims))
  }
}

function checkBinding(
  input: ValueInfo,
  given: readonly number[],
  declared: readonly (number | string | undefined)[]
): void {
  const fits =
    given.length === declared.length &&
    declared.every((dim, axis) => typeof dim !== 'number' || dim === given[axis])
  if (fits) return
  throw new WorkbenchError(
    'invalid-input',
    `Input '${input.name}' has shape [${declared.map((dim) => dim ?? '?').join(', ')}], which ${formatDims(given)} does not fit.`
  )
}

function lookup(scope: Scope | undefined, name: string): InferredValue {
  for (let current = scope; current !== undefined; current = current.outer) {
    const value = current.known.get(name)
    if (value !== undefined) return value
  }
  return unknownValue
}

/**
 * How deep bodies of Loop and Scan are followed into each other. Each level costs several passes over all that is inside
 * it, so that 40 empty loops in a file of 4 kB would take for ever; real models have one.
 */
const followedLoops = 3

/**
 * Elements of constants that are kept in all, 2 MB: a chain of additions makes new ones at every node. The vectors of shape
 * arithmetic are as long as a shape has axes; the merged decoder of whisper-tiny makes 1,084 elements.
 */
const followedElements = 2 ** 18

class GraphWalker {
  readonly #inference: Inference
  readonly #functions: ReadonlySet<string>
  /** Bodies around the graph that is being inferred. */
  #loops = 0
  #elementsKept = 0

  constructor(inference: Inference, model: Model) {
    this.#inference = inference
    this.#functions = new Set(model.functions.map((declared) => `${declared.domain}::${declared.name}`))
  }

  /** Infers every node of a graph, in order, and returns the graph's outputs. */
  inferGraph(graph: Graph, path: GraphPath, scope: Scope): InferredValue[] {
    // An input with an initializer is a default that Lathe never overrides.
    for (const [name, tensor] of graph.initializers) scope.known.set(name, valueOfTensor(tensor))
    for (const sparse of graph.sparseInitializers) {
      scope.known.set(sparse.values.name, inferredValue(sparse.values.dataType, sparse.dims))
    }
    for (const [name, value] of scope.known) this.#record(path, name, value)
    for (const node of graph.nodes) {
      const outputs = this.#inferNode(node, path, scope)
      node.outputs.forEach((name, index) => {
        if (name === '') return
        const value = this.#kept(outputs[index] ?? unknownValue)
        scope.known.set(name, value)
        this.#record(path, name, value)
      })
    }
    return graph.outputs.map((output) => lookup(scope, output.name))
  }

  #inferNode(node: Node, path: GraphPath, scope: Scope): readonly InferredValue[] {
    const isFunction = this.#functions.has(`${node.domain}::${node.opType}`)
    const rule = isFunction ? undefined : shapeRuleFor(node)
    if (rule === undefined) {
      this.#inference.unknownOperators.add(
        node.domain === '' ? node.opType : `${node.domain}::${node.opType}`
      )
      return []
    }
    const context: RuleContext = {
      node,
      opset: this.#inference.opset,
      input: (index) => {
        const name = node.inputs[index] ?? ''
        return name === '' ? unknownValue : lookup(scope, name)
      },
      hasInput: (index) => (node.inputs[index] ?? '') !== '',
      subgraph: (attributeName, inputs, mode) =>
        this.#inferSubgraph(node, attributeName, inputs, { path, scope, mode })
    }
    return rule(context)
  }

  #inferSubgraph(
    node: Node,
    attributeName: string,
    inputs: readonly InferredValue[],
    around: { readonly path: GraphPath; readonly scope: Scope; readonly mode: SubgraphMode }
  ): InferredValue[] {
    const attribute = node.attributes.get(attributeName)
    if (attribute?.kind !== 'graph') {
      throw contradiction(node, `it has no subgraph '${attributeName}' in '${describeNode(node)}'`)
    }
    const graph = attribute.value
    const isLoop = attributeName === 'body'
    if (isLoop && this.#loops === followedLoops) return graph.outputs.map(() => unknownValue)
    if (isLoop) this.#loops++
    const inner: Scope = { known: new Map(), outer: around.scope }
    graph.inputs.forEach((input, index) => inner.known.set(input.name, inputs[index] ?? unknownValue))
    try {
      return this.inferGraph(graph, subgraphPath(around.path, node, attributeName), inner)
    } catch (thrown) {
      // A branch that cannot be taken may contradict itself; what was inferred before stays.
      const isContradiction = thrown instanceof WorkbenchError && thrown.code === 'invalid-input'
      if (around.mode === 'lenient' && isContradiction) return graph.outputs.map(() => unknownValue)
      throw thrown
    } finally {
      if (isLoop) this.#loops--
    }
  }

  /** The value, without its elements once too many are kept. */
  #kept(value: InferredValue): InferredValue {
    this.#elementsKept += value.elements?.length ?? 0
    return this.#elementsKept <= followedElements ? value : inferredValue(value.dataType, value.dims)
  }

  /** Keeps the latest knowledge: a loop body is inferred several times, each less specific than the one before. */
  #record(path: GraphPath, name: string, value: InferredValue): void {
    const key = qualifiedName(path, name)
    if (value.dims === undefined) this.#inference.values.delete(key)
    else this.#inference.values.set(key, { dataType: value.dataType, dims: value.dims })
  }
}
