/** What a legal graph is, as a program: run after every pass in tests and before a compressed model is stored. */
import { WorkbenchError, type ErrorCode } from '@contract/errors'
import { describeNode } from './ir/attribute'
import { packedSizeBytes } from './ir/data-type'
import type { Attribute, Graph, Model, ModelFunction, Node, SparseTensor } from './ir/model'
import { elementCount, type Tensor } from './ir/tensor'
import { assertSafeLocation } from './serde/external-data'

/**
 * Checks that `model` is one that ONNX allows and ONNX Runtime accepts, in linear time:
 *
 * - nodes are in topological order and use only values defined before them, in their graph or around it;
 * - every value is defined once, and a subgraph defines none that is visible around it;
 * - a graph's outputs are defined in that graph; names of inputs are not empty and not repeated;
 * - values have the number of bytes that their element type and dimensions need;
 * - every domain in use is imported; If, Loop and Scan have their graphs; functions obey the same rules.
 *
 * Operators' own schemas (which inputs, which attributes) and types are not checked.
 *
 * @throws WorkbenchError with `code` and a sentence naming the graph, the node and the value. The default
 * `internal` is for what Lathe made itself; pass `invalid-input` for a model from outside.
 */
export function assertInvariants(model: Model, code: ErrorCode = 'internal'): void {
  const context = { code, opsetImports: model.opsetImports, attributeNames: undefined }
  checkGraph(model.graph, new Set(), { ...context, where: `graph '${model.graph.name}'` })
  const known = new Set<string>()
  for (const definition of model.functions) {
    const key = JSON.stringify([definition.domain, definition.name, definition.overload ?? ''])
    if (known.has(key)) fail(code, `Function '${definition.name}' is defined twice.`)
    known.add(key)
    checkFunction(definition, code)
  }
  for (const info of model.trainingInfo ?? []) {
    for (const graph of [info.initialization, info.algorithm]) {
      // Training graphs also see the model's initializers, which their own inputs and nodes must not redefine.
      const visible = new Set(model.graph.initializers.keys())
      if (graph !== undefined) checkGraph(graph, visible, { ...context, where: `graph '${graph.name}'` })
    }
  }
}

interface Context {
  readonly code: ErrorCode
  /** Names the graph in messages. */
  readonly where: string
  readonly opsetImports: ReadonlyMap<string, number>
  /** The parameters of the function around; undefined outside functions. */
  readonly attributeNames: ReadonlySet<string> | undefined
}

function fail(code: ErrorCode, message: string): never {
  throw new WorkbenchError(code, message)
}

/** `visible` holds the values of the graphs around. Values of this graph are in it only during the call. */
function checkGraph(graph: Graph, visible: Set<string>, context: Context): void {
  const own = new Set<string>()
  const define = (value: string, what: string) => {
    if (visible.has(value)) {
      fail(context.code, `${what} of ${context.where} defines '${value}', which is already defined.`)
    }
    visible.add(value)
    own.add(value)
  }
  for (const input of graph.inputs) {
    if (input.name === '') fail(context.code, `An input of ${context.where} has no name.`)
    define(input.name, 'An input')
  }
  const inputs = new Set(own)
  for (const [name, tensor] of graph.initializers) {
    if (name === '' || tensor.name !== name) {
      fail(context.code, `Initializer '${name}' of ${context.where} has the tensor name '${tensor.name}'.`)
    }
    // An input with an initializer has a default value; this is not a second definition.
    if (!inputs.has(name)) define(name, 'An initializer')
    checkTensor(tensor, `initializer of ${context.where}`, context.code)
  }
  for (const tensor of graph.sparseInitializers) {
    if (!inputs.has(tensor.values.name)) define(tensor.values.name, 'A sparse initializer')
    checkSparseTensor(tensor, `initializer of ${context.where}`, context.code)
  }
  for (const node of graph.nodes) checkNode(node, visible, { context, nodes: graph.nodes, define })
  for (const output of graph.outputs) {
    if (!own.has(output.name)) {
      fail(context.code, `Output '${output.name}' of ${context.where} is not defined in that graph.`)
    }
  }
  for (const value of own) visible.delete(value)
}

function checkFunction(definition: ModelFunction, code: ErrorCode): void {
  const context: Context = {
    code,
    where: `function '${definition.name}'`,
    opsetImports: definition.opsetImports,
    attributeNames: new Set([...definition.attributeNames, ...definition.attributeDefaults.keys()])
  }
  const visible = new Set<string>()
  const define = (value: string, what: string) => {
    if (visible.has(value))
      fail(code, `${what} of ${context.where} defines '${value}', which is already defined.`)
    visible.add(value)
  }
  for (const input of definition.inputs) define(input, 'An input')
  for (const node of definition.nodes) checkNode(node, visible, { context, nodes: definition.nodes, define })
  for (const output of definition.outputs) {
    if (!visible.has(output)) fail(code, `Output '${output}' of ${context.where} is not defined.`)
  }
}

interface Siblings {
  readonly context: Context
  /** All nodes of the graph, to tell a value that comes too late from one that never comes. */
  readonly nodes: readonly Node[]
  readonly define: (value: string, what: string) => void
}

function checkNode(node: Node, visible: Set<string>, { context, nodes, define }: Siblings): void {
  const what = `Node '${describeNode(node)}'`
  if (node.opType === '') fail(context.code, `${what} of ${context.where} has no operator.`)
  if (!context.opsetImports.has(node.domain)) {
    fail(context.code, `${what} of ${context.where} uses domain '${node.domain}', which is not imported.`)
  }
  for (const input of node.inputs) {
    if (input !== '' && !visible.has(input)) {
      const isLate = nodes.some((other) => other.outputs.includes(input))
      fail(
        context.code,
        `${what} of ${context.where} uses '${input}', which ${isLate ? 'a later node makes' : 'nothing defines'}.`
      )
    }
  }
  for (const [name, attribute] of node.attributes) {
    const inner = {
      ...context,
      where: `attribute '${name}' of node '${describeNode(node)}' of ${context.where}`
    }
    checkAttribute(attribute, visible, inner)
  }
  checkControlFlow(node, what, context)
  for (const output of node.outputs) if (output !== '') define(output, what)
}

function checkAttribute(attribute: Attribute, visible: Set<string>, context: Context): void {
  switch (attribute.kind) {
    case 'tensor':
      return checkTensor(attribute.value, context.where, context.code)
    case 'tensors':
      return attribute.value.forEach((tensor) => checkTensor(tensor, context.where, context.code))
    case 'sparse-tensor':
      return checkSparseTensor(attribute.value, context.where, context.code)
    case 'sparse-tensors':
      return attribute.value.forEach((tensor) => checkSparseTensor(tensor, context.where, context.code))
    case 'graph':
      return checkGraph(attribute.value, visible, context)
    case 'graphs':
      return attribute.value.forEach((graph) => checkGraph(graph, visible, context))
    case 'reference':
      if (context.attributeNames?.has(attribute.attributeName) !== true) {
        fail(
          context.code,
          `The ${context.where} refers to '${attribute.attributeName}', which is no parameter of a function around it.`
        )
      }
      return
    default:
      return
  }
}

const requiredGraphs = new Map([
  ['If', ['then_branch', 'else_branch']],
  ['Loop', ['body']],
  ['Scan', ['body']]
])

function checkControlFlow(node: Node, what: string, { code, where }: Context): void {
  if (node.domain !== '') return
  for (const name of requiredGraphs.get(node.opType) ?? []) {
    const attribute = node.attributes.get(name)
    if (attribute?.kind !== 'graph') fail(code, `${what} of ${where} lacks its graph '${name}'.`)
    const outputCount = attribute.value.outputs.length
    if (node.opType === 'If' && outputCount !== node.outputs.length) {
      fail(
        code,
        `${what} of ${where} has ${node.outputs.length} outputs, its graph '${name}' has ${outputCount}.`
      )
    }
  }
}

function checkTensor(tensor: Tensor, where: string, code: ErrorCode): void {
  const what = `Tensor '${tensor.name}', ${where},`
  if (!tensor.dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
    fail(code, `${what} has shape [${tensor.dims.join(', ')}], expected whole sizes from 0.`)
  }
  const { data } = tensor
  if ((data.kind === 'strings') !== (tensor.dataType === 'string') || tensor.dataType === 'undefined') {
    fail(code, `${what} holds ${data.kind} as ${tensor.dataType}.`)
  }
  const count = elementCount(tensor.dims)
  const expected = data.kind === 'strings' ? count : packedSizeBytes(tensor.dataType, count)
  if (dataLength(tensor) !== expected) {
    fail(
      code,
      `${what} of shape [${tensor.dims.join(', ')}] needs ${expected} ${data.kind === 'strings' ? 'strings' : `bytes of ${tensor.dataType}`}, got ${dataLength(tensor)}.`
    )
  }
  if (data.kind === 'external') {
    assertSafeLocation(data.location)
    if (!Number.isSafeInteger(data.offsetBytes) || data.offsetBytes < 0) {
      fail(code, `${what} has the offset ${data.offsetBytes}, expected a whole number from 0.`)
    }
  }
}

function dataLength({ data }: Tensor): number {
  switch (data.kind) {
    case 'bytes':
      return data.bytes.byteLength
    case 'deferred':
    case 'external':
      return data.lengthBytes
    case 'strings':
      return data.values.length
  }
}

/** Values are [stored]; indices are [stored] into the flat tensor or [stored, rank]. */
function checkSparseTensor(tensor: SparseTensor, where: string, code: ErrorCode): void {
  const { values, indices, dims } = tensor
  checkTensor(values, where, code)
  checkTensor(indices, where, code)
  const stored = values.dims[0]
  const isLegal =
    values.dims.length === 1 &&
    indices.dataType === 'int64' &&
    indices.dims[0] === stored &&
    (indices.dims.length === 1 || (indices.dims.length === 2 && indices.dims[1] === dims.length))
  if (!isLegal) {
    fail(
      code,
      `Sparse tensor '${values.name}', ${where}, has values [${values.dims.join(', ')}] and ${indices.dataType} indices [${indices.dims.join(', ')}], expected [stored] and int64 [stored] or [stored, ${dims.length}].`
    )
  }
}
