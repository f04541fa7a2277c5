/**
 * Dynamic int8 in the graph, in the form that stock ONNX Runtime fuses into one integer kernel:
 *
 *   MatMul(x, W)  ->  xq, xs, xz = DynamicQuantizeLinear(x)               uint8 activations, scale per run
 *                     Cast(MatMulInteger(xq, Wq, xz, wz)) · (xs · ws)      int8 weights, scale per output channel
 *
 * Gemm adds its scaled bias after that. Convolutions are left alone: int8 convolution is missing or slow in ONNX
 * Runtime's CPU kernels. Layers that read one value share its quantization, layers that share a weight share Wq.
 * Limit: x86 processors without VNNI add pairs of products in 16 bits, which can saturate for the largest values.
 */
import { WorkbenchError } from '@contract/errors'
import { indexGraph } from '../graph-index'
import { intAttribute, readFloat } from '../ir/attribute'
import { dataTypeNumber } from '../ir/data-type'
import type { Attribute, Model, Node } from '../ir/model'
import { float32Tensor, typedTensor, type Tensor } from '../ir/tensor'
import type { LinearLayer } from '../linear-layer/linear-layer'
import { FreshNames } from './fresh-names'
import type { PassResult } from './pass'
import { removeUnused } from './remove-unused'
import { assertRewritable } from './rewrite-obstacle'

/** A weight in int8 with one scale per output channel: W[i, j] ≈ values[i, j] · scales[j]. */
export interface QuantizedWeight {
  /** [in, out], row-major. */
  readonly values: Int8Array
  /** [out] */
  readonly scales: Float32Array
}

/** The opset that brought DynamicQuantizeLinear. */
const oldestOpset = 11

/**
 * Replaces MatMul and Gemm layers of the main graph by dynamic int8.
 *
 * Layers that are given one and the same weight object share the stored arrays.
 *
 * @throws WorkbenchError `unsupported-model` for a model before opset 11 and for a layer inside a subgraph or not in
 * float32, `internal` for a convolution or a layer that the model does not have.
 */
export function quantizeLinearDynamic(
  model: Model,
  replacements: readonly { readonly layer: LinearLayer; readonly weight: QuantizedWeight }[]
): PassResult {
  if (replacements.length === 0) return { model, modified: false }
  assertQuantizable(
    model,
    replacements.map(({ layer }) => layer)
  )
  const byOutput = new Map(replacements.map((replacement) => [replacement.layer.nodeOutput, replacement]))
  const rewrite = new IntegerRewrite(model)
  for (const node of model.graph.nodes) {
    const replacement = byOutput.get(node.outputs[0] ?? '')
    if (replacement === undefined) rewrite.nodes.push(node)
    else rewrite.replace(node, replacement.layer, replacement.weight)
  }
  const graph = { ...model.graph, nodes: rewrite.nodes, initializers: rewrite.initializers }
  return { model: removeUnused({ ...model, graph }).model, modified: true }
}

function assertQuantizable(model: Model, layers: readonly LinearLayer[]): void {
  const opset = model.opsetImports.get('') ?? 1
  if (opset < oldestOpset) {
    throw new WorkbenchError(
      'unsupported-model',
      `The model has opset ${opset}, dynamic int8 needs ${oldestOpset} or later; export it with a newer opset.`
    )
  }
  assertRewritable(indexGraph(model.graph), layers)
  const convolution = layers.find(({ operator }) => operator === 'Conv')
  if (convolution !== undefined) {
    throw new WorkbenchError(
      'internal',
      `Layer '${convolution.id}' is a convolution, which dynamic int8 leaves alone.`
    )
  }
}

class IntegerRewrite {
  readonly nodes: Node[] = []
  readonly initializers: Map<string, Tensor>
  readonly #names: FreshNames
  readonly #quantizedInputs = new Map<string, readonly [string, string, string]>()
  readonly #storedWeights = new Map<QuantizedWeight, readonly [string, string, string]>()

  constructor(model: Model) {
    this.initializers = new Map(model.graph.initializers)
    this.#names = new FreshNames(model)
  }

  replace(node: Node, layer: LinearLayer, weight: QuantizedWeight): void {
    const [input, inputScale, inputZeroPoint] = this.#quantizeInput(layer.input)
    const [values, scales, zeroPoints] = this.#storeWeight(layer, weight)
    const { nodeOutput: y, operator } = layer
    const alpha = operator === 'Gemm' ? readFloat(node, 'alpha', 1) : 1
    const scale = this.#add('Mul', [this.#times(inputScale, alpha, `${y}.alpha`), scales], `${y}.scale`)
    const sums = this.#add('MatMulInteger', [input, values, inputZeroPoint, zeroPoints], `${y}.integer`)
    const float = this.#add('Cast', [sums], `${y}.float`, {
      to: intAttribute(dataTypeNumber('float32'))
    })
    const bias = operator === 'Gemm' ? (node.inputs[2] ?? '') : ''
    if (bias === '') {
      this.#push('Mul', [float, scale], y)
      return
    }
    const product = this.#add('Mul', [float, scale], `${y}.product`)
    this.#push('Add', [product, this.#times(bias, readFloat(node, 'beta', 1), `${y}.beta`)], y)
  }

  #quantizeInput(value: string): readonly [string, string, string] {
    const known = this.#quantizedInputs.get(value)
    if (known !== undefined) return known
    const outputs = this.#threeNames(`${value}.uint8`)
    this.nodes.push({ ...plainNode('DynamicQuantizeLinear', [value], outputs[0]), outputs })
    this.#quantizedInputs.set(value, outputs)
    return outputs
  }

  #storeWeight(layer: LinearLayer, weight: QuantizedWeight): readonly [string, string, string] {
    const known = this.#storedWeights.get(weight)
    if (known !== undefined) return known
    const { weightName, inFeatures, outFeatures } = layer
    const names = this.#threeNames(`${weightName}.int8`)
    const zeroPoints = new Int8Array(outFeatures)
    for (const tensor of [
      typedTensor(names[0], 'int8', [inFeatures, outFeatures], weight.values),
      float32Tensor(names[1], [outFeatures], weight.scales),
      typedTensor(names[2], 'int8', [outFeatures], zeroPoints)
    ]) {
      this.initializers.set(tensor.name, tensor)
    }
    this.#storedWeights.set(weight, names)
    return names
  }

  #threeNames(quantized: string): readonly [string, string, string] {
    return [
      this.#names.take(quantized),
      this.#names.take(`${quantized}_scale`),
      this.#names.take(`${quantized}_zero_point`)
    ]
  }

  /** `value` · `factor` as a value; `value` itself when there is nothing to multiply by. */
  #times(value: string, factor: number, wanted: string): string {
    if (factor === 1) return value
    const constant = this.#names.take(wanted)
    this.initializers.set(constant, float32Tensor(constant, [], Float32Array.of(factor)))
    return this.#add('Mul', [value, constant], `${wanted}_scaled`)
  }

  /** Adds a node with a new output, as near to the wanted name as is free. */
  #add(
    opType: string,
    inputs: readonly string[],
    wanted: string,
    attributes: Record<string, Attribute> = {}
  ): string {
    const output = this.#names.take(wanted)
    this.#push(opType, inputs, output, attributes)
    return output
  }

  #push(
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: Record<string, Attribute> = {}
  ): void {
    this.nodes.push({ ...plainNode(opType, inputs, output), attributes: new Map(Object.entries(attributes)) })
  }
}

function plainNode(opType: string, inputs: readonly string[], output: string): Node {
  return { name: output, opType, domain: '', inputs, outputs: [output], attributes: new Map() }
}
