/**
 * Writes nodes behind those of an existing model: what a gradient, a loss and an optimizer step have in common.
 * `GraphBuilder` starts from nothing; this starts from a model and keeps everything in it.
 */
import type { Attribute, Dimension, Graph, Model, Node, TensorShapeType, ValueInfo } from '../onnx/ir/model'
import { usedValues } from '../onnx/graph-index'
import { intAttribute, intsAttribute, subgraphs, tensorAttribute } from '../onnx/ir/attribute'
import { dataTypeNumber, type DataType } from '../onnx/ir/data-type'
import type { Tensor } from '../onnx/ir/tensor'
import { exposeValues } from '../onnx/passes/expose-values'
import { FreshNames } from '../onnx/passes/fresh-names'
import { inferShapes, type ShapeTable } from '../onnx/shapes/infer-shapes'
import { knownElements, valueOfTensor } from '../onnx/shapes/inferred-value'
import { constantTensors, declaredTypes, numberTensor } from './known-values'
import { ownSize, ownerOf, symbolicSizes, type Sizes } from './symbolic-sizes'
import { standardOpset } from '../onnx/ir/operator-domains'

export type Attributes = Readonly<Record<string, Attribute>>

/** An input of a body; `stem` begins its name. */
export interface BodyInput {
  readonly stem: string
  readonly dataType: DataType
  readonly dims: readonly Dimension[]
}

/** The sizes of a value as far as they are known before the model runs. */
export type StaticDims = readonly (number | undefined)[]

/**
 * A model in the making: `model` plus the nodes written so far. Values of `model` have types and, where inference
 * finds them, shapes; values written here are known by name only. `model` itself is not modified.
 */
export class GraphWriter {
  /** Version of the default ONNX domain. */
  readonly opset: number
  readonly #model: Model
  readonly #names: FreshNames
  readonly #shapes: ShapeTable
  #nodes: Node[] = []
  readonly #replaced = new Map<Node, Node>()
  readonly #inputs: ValueInfo[] = []
  readonly #initializers = new Map<string, Tensor>()
  readonly #constants = new Map<string, string>()
  readonly #shapeValues = new Map<string, string>()
  readonly #declared: ReadonlyMap<string, TensorShapeType>
  readonly #constantTensors: ReadonlyMap<string, Tensor>
  readonly #outputs: ValueInfo[] = []
  readonly #renamed = new Map<string, string>()
  #standIn: ((value: string) => string) | undefined
  readonly #prefix: string
  #sizes: ReadonlyMap<string, Sizes> | undefined
  #producers: ReadonlyMap<string, Node> | undefined
  #count = 0

  /** `prefix` begins the names of all values written; `inputShapes` fixes sizes of inputs, as in `inferShapes`. */
  constructor(model: Model, prefix: string, inputShapes?: ReadonlyMap<string, readonly number[]>) {
    this.#model = model
    this.#prefix = prefix
    this.opset = standardOpset(model) ?? 1
    this.#names = new FreshNames(model)
    this.#shapes = inferShapes(model, inputShapes)
    this.#declared = declaredTypes(model)
    this.#constantTensors = constantTensors(model)
  }

  /** Adds a node with one output and returns that output. */
  node(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.nodes(opType, inputs, 1, attributes)[0]!
  }

  /** Adds a node with `outputCount` outputs. */
  nodes(opType: string, inputs: readonly string[], outputCount: number, attributes: Attributes): string[] {
    const outputs = Array.from({ length: outputCount }, () => this.#freshName(`${opType}_${this.#count++}`))
    this.#push(opType, inputs, outputs, attributes)
    return outputs
  }

  /** Adds a node whose output has a name made by `takeName`. */
  nameValue(name: string, opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    this.#push(opType, inputs, [name], attributes)
    return name
  }

  /**
   * Gives `value`, which nodes written here compute, a name made by `takeName`: outputs of the graph have names of their own, and
   * a copy would cost a pass over memory at every run. What cannot be renamed is copied after all.
   */
  rename(value: string, name: string): string {
    const current = this.#renamed.get(value) ?? value
    const maker = this.#nodes.findIndex(({ outputs }) => outputs.includes(current))
    const isTaken = this.#outputs.some((output) => output.name === current)
    const isCaptured = this.#nodes.some((node) => subgraphs(node).length > 0 && usedValues(node).has(current))
    if (maker === -1 || isTaken || isCaptured) return this.nameValue(name, 'Identity', [current])
    const renamed = (names: readonly string[]) => names.map((each) => (each === current ? name : each))
    for (let index = maker; index < this.#nodes.length; index++) {
      const node = this.#nodes[index]!
      if (![...node.inputs, ...node.outputs].includes(current)) continue
      this.#nodes[index] = { ...node, inputs: renamed(node.inputs), outputs: renamed(node.outputs) }
    }
    this.#renamed.set(value, name)
    this.#renamed.set(current, name)
    return name
  }

  /**
   * From now on every node that is written reads `standIn(value)` in place of a value. What `standIn` writes itself goes through
   * `plainNode` and `copy`.
   */
  readThrough(standIn: (value: string) => string): void {
    this.#standIn = standIn
  }

  /** As `node`, reading exactly `inputs`. */
  plainNode(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.#freshName(`${opType}_${this.#count++}`)
    this.#nodes.push({
      name: output,
      opType,
      domain: '',
      inputs,
      outputs: [output],
      attributes: new Map(Object.entries(attributes))
    })
    return output
  }

  /** Adds a copy of a node of the model that reads exactly `inputs`, and returns its outputs, '' where the node leaves one out. */
  copy(node: Node, inputs: readonly string[]): readonly string[] {
    const number = this.#count++
    const outputs = node.outputs.map((output, index) =>
      output === '' ? '' : this.#freshName(`${node.opType}_${number}_again_${index}`)
    )
    this.#nodes.push({ ...node, name: this.#freshName(`${node.opType}_${number}_again`), inputs, outputs })
    return outputs
  }

  #push(opType: string, inputs: readonly string[], outputs: readonly string[], attributes: Attributes): void {
    this.#nodes.push({
      name: outputs[0]!,
      opType,
      domain: '',
      inputs: inputs.map((input) => {
        const current = this.#renamed.get(input) ?? input
        return this.#standIn === undefined ? current : this.#standIn(current)
      }),
      outputs,
      attributes: new Map(Object.entries(attributes))
    })
  }

  add(a: string, b: string): string {
    return this.node('Add', [a, b])
  }

  sub(a: string, b: string): string {
    return this.node('Sub', [a, b])
  }

  mul(a: string, b: string): string {
    return this.node('Mul', [a, b])
  }

  div(a: string, b: string): string {
    return this.node('Div', [a, b])
  }

  /** Sum over `axes` (static), the reduced axes kept as 1 unless `keeps` is false. */
  reduceSum(value: string, axes: readonly number[], keeps = true): string {
    return this.node('ReduceSum', [value, this.ints(axes)], { keepdims: intAttribute(Number(keeps)) })
  }

  /** A reduction other than ReduceSum: its axes are an attribute up to opset 17 and an input from 18 on. */
  reduce(opType: string, value: string, axes: readonly number[], keeps = true): string {
    const keepdims = intAttribute(Number(keeps))
    return this.opset < 18
      ? this.node(opType, [value], { keepdims, axes: intsAttribute(axes) })
      : this.node(opType, [value, this.ints(axes)], { keepdims })
  }

  cast(value: string, dataType: DataType): string {
    return this.node('Cast', [value], { to: intAttribute(dataTypeNumber(dataType)) })
  }

  reshape(value: string, shape: string): string {
    // With `allowzero` a size of 0 means 0, as it does in what Shape returns; opset 13 cannot say so.
    return this.node('Reshape', [value, shape], this.opset < 14 ? {} : { allowzero: intAttribute(1) })
  }

  /** Swaps the last two axes of a value of rank `rank`. */
  swapLast(value: string, rank: number): string {
    const order = Array.from({ length: rank }, (_, axis) => axis)
    return this.node('Transpose', [value], {
      perm: intsAttribute([...order.slice(0, -2), rank - 1, rank - 2])
    })
  }

  /** A tensor of `fill` of the shape that the int64 vector `shape` holds, in the type `dataType`. */
  filled(shape: string, fill: number, dataType: DataType): string {
    const isNarrow = dataType === 'float16' || dataType === 'bfloat16'
    const stored = isNarrow ? 'float32' : dataType
    const value = tensorAttribute(numberTensor('', stored, [1], [fill]))
    const made = this.node('ConstantOfShape', [shape], { value })
    return isNarrow ? this.cast(made, dataType) : made
  }

  /** A scalar constant in the type `dataType`; equal constants are stored once. */
  scalar(value: number, dataType: DataType): string {
    if (dataType === 'float16' || dataType === 'bfloat16') {
      const key = `cast:${dataType}:${value}`
      const known = this.#constants.get(key) ?? this.cast(this.scalar(value, 'float32'), dataType)
      this.#constants.set(key, known)
      return known
    }
    return this.#constant(dataType, [], [value])
  }

  /** An int64 vector constant. */
  ints(values: readonly number[]): string {
    return this.#constant('int64', [values.length], values)
  }

  #constant(dataType: DataType, dims: readonly number[], values: readonly number[]): string {
    const key = `${dataType}:${dims.join(',')}:${values.join(',')}`
    const known = this.#constants.get(key)
    if (known !== undefined) return known
    const name = this.#freshName(`constant_${this.#constants.size}`)
    this.#initializers.set(name, numberTensor(name, dataType, dims, values))
    this.#constants.set(key, name)
    return name
  }

  /** The shape of `value` as an int64 vector: a constant where all of it is known, else a Shape node, made once. */
  shapeOf(value: string): string {
    const known = this.#shapeValues.get(value)
    if (known !== undefined) return known
    const dims = this.dims(value)
    const made = dims?.every((dim) => dim !== undefined)
      ? this.ints(dims)
      : (this.#composedShape(value) ?? this.node('Shape', [value]))
    this.#shapeValues.set(value, made)
    return made
  }

  /** The shape from those of other values, so that nothing is kept or computed anew for the sake of its shape. */
  #composedShape(value: string): string | undefined {
    if (this.#standIn === undefined) return undefined
    const parts = this.sizes(value)?.map((size) => {
      if (typeof size === 'number') return this.ints([size])
      const { owner, axis } = ownerOf(size)
      return owner === value ? undefined : this.node('Gather', [this.shapeOf(owner), this.ints([axis])])
    })
    if (parts === undefined || parts.length === 0 || !parts.every((part) => part !== undefined))
      return undefined
    return this.node('Concat', parts, { axis: intAttribute(0) })
  }

  /** The size of `value` along `axis` (from 0) as an int64 vector of one element. */
  sizeAt(value: string, axis: number): string {
    const size = this.dims(value)?.[axis]
    if (size !== undefined) return this.ints([size])
    return this.node('Gather', [this.shapeOf(value), this.ints([axis])])
  }

  /** What is known of the shape of a value of the model before it runs; undefined when not even its rank is. */
  dims(value: string): StaticDims | undefined {
    const declared = this.#declared.get(value)
    const sizes = declared?.dims?.map((dim) => (typeof dim === 'number' ? dim : undefined))
    return this.#shapes.values.get(value)?.dims ?? sizes
  }

  /** As `dims`, with a symbol for each size that is not known: where two are the same symbol, the sizes are equal. */
  sizes(value: string): Sizes | undefined {
    this.#sizes ??= symbolicSizes(this.#model, this.#shapes, (name) => this.knownElements(name))
    return this.#sizes.get(value) ?? this.dims(value)?.map((dim, axis) => dim ?? ownSize(value, axis))
  }

  /** The element type of a value of the model; undefined when it is neither inferred nor declared. */
  dataType(value: string): DataType | undefined {
    const inferred = this.#shapes.values.get(value)?.dataType
    return inferred === undefined || inferred === 'undefined' ? this.#declared.get(value)?.dataType : inferred
  }

  /** The node of the model that computes `value`. */
  producer(value: string): Node | undefined {
    this.#producers ??= new Map(
      this.#model.graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node]))
    )
    return this.#producers.get(value)
  }

  /** The elements of a small constant of the model, row-major; undefined for anything computed or fed. */
  knownElements(value: string): readonly number[] | undefined {
    const tensor = this.#constantTensors.get(value)
    return tensor && knownElements(valueOfTensor(tensor))
  }

  /** The output `index` of a node of the model, added to that node when it leaves it out. */
  outputOf(node: Node, index: number): string {
    const current = this.#replaced.get(node) ?? node
    const present = current.outputs[index]
    if (present !== undefined && present !== '') return present
    const name = this.#freshName(`${node.opType}_output_${this.#count++}`)
    const outputs = Array.from({ length: Math.max(index + 1, current.outputs.length) }, (_, position) =>
      position === index ? name : (current.outputs[position] ?? '')
    )
    this.#replaced.set(node, { ...current, outputs })
    return name
  }

  /** A name that nothing has yet, `wanted` where it is free. */
  takeName(wanted: string): string {
    return this.#names.take(wanted)
  }

  #freshName(stem: string): string {
    return this.takeName(`${this.#prefix}/${stem}`)
  }

  /**
   * The body of a Scan or Loop: the nodes that `write` writes, which may use values of the graph around them.
   * `write` gets the names of the body's inputs and returns those of its outputs; it must not call `shapeOf`, whose
   * nodes are shared with the graph around.
   */
  body(inputs: readonly BodyInput[], write: (names: readonly string[]) => readonly string[]): Graph {
    const outer = this.#nodes
    const names = inputs.map(({ stem }) => this.#freshName(stem))
    this.#nodes = []
    const outputs = write(names)
    const nodes = this.#nodes
    this.#nodes = outer
    return {
      name: this.#freshName('body'),
      nodes,
      initializers: new Map(),
      sparseInitializers: [],
      inputs: inputs.map(({ dataType, dims }, index) => ({
        name: names[index]!,
        type: { kind: 'tensor', dataType, dims }
      })),
      outputs: outputs.map((name) => ({ name, type: undefined })),
      valueInfos: [],
      quantizationAnnotations: []
    }
  }

  /** Adds a graph input called `wanted`, or the next free name. */
  input(wanted: string, dataType: DataType, dims: readonly Dimension[]): string {
    const name = this.takeName(wanted)
    this.#inputs.push({ name, type: { kind: 'tensor', dataType, dims } })
    return name
  }

  /** Declares a value written here an output of the graph. Without a type the runtime infers it. */
  output(name: string, dataType?: DataType, dims?: readonly Dimension[]): void {
    this.#outputs.push({
      name,
      type: dataType === undefined ? undefined : { kind: 'tensor', dataType, dims }
    })
  }

  /** The model with everything written; `exposed` names values of the old model that become outputs too. */
  build(exposed: readonly string[] = []): Model {
    const { graph } = exposeValues(this.#model, exposed).model
    return {
      ...this.#model,
      graph: {
        ...graph,
        inputs: [...graph.inputs, ...this.#inputs],
        initializers: new Map([...graph.initializers, ...this.#initializers]),
        nodes: [...graph.nodes.map((node) => this.#replaced.get(node) ?? node), ...this.#nodes],
        outputs: [...graph.outputs, ...this.#outputs]
      }
    }
  }
}
