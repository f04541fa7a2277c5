/**
 * Dynamic int8 in the graph, in the form that stock ONNX Runtime fuses into one integer kernel:
 *
 *   MatMul(x, W)  ->  xq, xs, xz = DynamicQuantizeLinear(x)               uint8 activations, scale per run
 *                     Cast(MatMulInteger(xq, Wq, xz, wz)) · (xs · ws)      int8 weights, scale per output channel
 *
 * Gemm adds its scaled bias after that. Convolutions are left alone: int8 convolution is missing or slow in ONNX
 * Runtime's CPU kernels. Layers that read one value share its quantization, layers that share a weight share Wq.
 */
import { WorkbenchError } from '@contract/errors'
import { intAttribute, readFloat } from '../ir/attribute'
import { dataTypeNumber } from '../ir/data-type'
import type { Attribute, Model, Node } from '../ir/model'
import { float32Tensor, typedTensor, type Tensor } from '../ir/tensor'
import type { LinearLayer } from '../linear-layer/linear-layer'
import type { PassResult } from './pass'
import { removeUnused } from './remove-unused'

/** A weight in int8 with one scale per output channel: W[i, j] ≈ values[i, j] · scales[j]. */
export interface QuantizedWeight {
  /** [in, out], row-major. */
  readonly values: Int8Array
  /** [out] */
  readonly scales: Float32Array
}

/**
 * Replaces MatMul and Gemm layers of the main graph by dynamic int8.
 *
 * @throws WorkbenchError `internal` for a layer that is no MatMul or Gemm of the main graph.
 */
export function quantizeLinearDynamic(
  model: Model,
  replacements: readonly { readonly layer: LinearLayer; readonly weight: QuantizedWeight }[]
): PassResult {
  if (replacements.length === 0) return { model, modified: false }
  const byOutput = new Map(replacements.map((replacement) => [replacement.layer.nodeOutput, replacement]))
  const rewrite = new IntegerRewrite(model.graph.initializers)
  for (const node of model.graph.nodes) {
    const replacement = byOutput.get(node.outputs[0] ?? '')
    if (replacement === undefined) rewrite.nodes.push(node)
    else rewrite.replace(node, replacement.layer, replacement.weight)
  }
  const graph = { ...model.graph, nodes: rewrite.nodes, initializers: rewrite.initializers }
  return { model: removeUnused({ ...model, graph }).model, modified: true }
}

class IntegerRewrite {
  readonly nodes: Node[] = []
  readonly initializers: Map<string, Tensor>
  readonly #quantizedInputs = new Set<string>()

  constructor(initializers: ReadonlyMap<string, Tensor>) {
    this.initializers = new Map(initializers)
  }

  replace(node: Node, layer: LinearLayer, weight: QuantizedWeight): void {
    if (layer.operator === 'Conv' || layer.graphPath.length > 0) {
      throw new WorkbenchError('internal', `Layer '${layer.id}' cannot be turned into dynamic int8.`)
    }
    const [input, inputScale, inputZeroPoint] = this.#quantizeInput(layer.input)
    const [values, scales, zeroPoints] = this.#storeWeight(layer, weight)
    const { nodeOutput: y } = layer
    const alpha = layer.operator === 'Gemm' ? readFloat(node, 'alpha', 1) : 1
    const scaledBy = alpha === 1 ? inputScale : this.#scalarProduct(`${y}.alpha_scale`, inputScale, alpha)
    this.#add('Mul', [scaledBy, scales], `${y}.scale`)
    this.#add('MatMulInteger', [input, values, inputZeroPoint, zeroPoints], `${y}.integer`)
    this.#add('Cast', [`${y}.integer`], `${y}.float`, { to: intAttribute(dataTypeNumber('float32')) })
    const bias = layer.operator === 'Gemm' ? node.inputs[2] : undefined
    if (bias === undefined || bias === '') {
      this.#add('Mul', [`${y}.float`, `${y}.scale`], y)
      return
    }
    const beta = readFloat(node, 'beta', 1)
    this.#add('Mul', [`${y}.float`, `${y}.scale`], `${y}.product`)
    this.#add(
      'Add',
      [`${y}.product`, beta === 1 ? bias : this.#scalarProduct(`${y}.beta_bias`, bias, beta)],
      y
    )
  }

  #quantizeInput(value: string): readonly [string, string, string] {
    const outputs = [`${value}.uint8`, `${value}.uint8_scale`, `${value}.uint8_zero_point`] as const
    if (!this.#quantizedInputs.has(value)) {
      this.#quantizedInputs.add(value)
      this.nodes.push({ ...plainNode('DynamicQuantizeLinear', [value], outputs[0]), outputs })
    }
    return outputs
  }

  #storeWeight(layer: LinearLayer, { values, scales }: QuantizedWeight): readonly [string, string, string] {
    const { weightName, inFeatures, outFeatures } = layer
    const names = [`${weightName}.int8`, `${weightName}.int8_scale`, `${weightName}.int8_zero_point`] as const
    if (!this.initializers.has(names[0])) {
      this.initializers.set(names[0], typedTensor(names[0], 'int8', [inFeatures, outFeatures], values))
      this.initializers.set(names[1], float32Tensor(names[1], [outFeatures], scales))
      this.initializers.set(
        names[2],
        typedTensor(names[2], 'int8', [outFeatures], new Int8Array(outFeatures))
      )
    }
    return names
  }

  #scalarProduct(output: string, value: string, factor: number): string {
    const constant = `${output}.factor`
    this.initializers.set(constant, float32Tensor(constant, [], Float32Array.of(factor)))
    this.#add('Mul', [value, constant], output)
    return output
  }

  #add(
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
