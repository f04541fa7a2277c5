/**
 * Adds a constant vector to the outputs of linear layers: y = x·W + b becomes x·W + b + shift.
 *
 * The shift goes into the bias where there is one of its own: Conv's B, Gemm's C (C + shift/β), the constant of the
 * Add that follows a MatMul. Without one, or when its shape is unusual, an Add is inserted. A bias that other nodes
 * share is copied, never changed under them.
 */
import { WorkbenchError } from '@contract/errors'
import { readFloat } from '../ir/attribute'
import type { Model, Node } from '../ir/model'
import { elementCount, float32Tensor, float32Values, type Tensor } from '../ir/tensor'
import type { LinearLayer } from '../linear-layer/linear-layer'
import { FreshNames } from './fresh-names'
import type { PassResult } from './pass'
import { removeUnused } from './remove-unused'

/** `shift` [out] in the unit of the layer's output. */
export interface OutputShift {
  readonly layer: LinearLayer
  readonly shift: Float64Array
}

/**
 * Shifts the outputs of layers of the main graph. The nodes are found by their outputs, so layers may have been
 * factorised since they were located.
 *
 * @throws WorkbenchError `internal` for a layer that the model does not have or a shift of the wrong length.
 */
export function shiftOutputs(model: Model, shifts: readonly OutputShift[]): PassResult {
  if (shifts.length === 0) return { model, modified: false }
  const rewrite = new ShiftRewrite(model)
  for (const each of shifts) rewrite.shift(each)
  const graph = { ...model.graph, nodes: rewrite.nodes, initializers: rewrite.initializers }
  return { model: removeUnused({ ...model, graph }).model, modified: true }
}

class ShiftRewrite {
  readonly nodes: Node[]
  readonly initializers: Map<string, Tensor>
  readonly #names: FreshNames

  constructor(model: Model) {
    this.nodes = [...model.graph.nodes]
    this.initializers = new Map(model.graph.initializers)
    this.#names = new FreshNames(model)
  }

  shift({ layer, shift }: OutputShift): void {
    const position = this.nodes.findIndex(({ outputs }) => outputs[0] === layer.nodeOutput)
    const node = this.nodes[position]
    if (node === undefined || shift.length !== layer.outFeatures) {
      throw new WorkbenchError('internal', `Layer '${layer.id}' cannot be shifted by ${shift.length} values.`)
    }
    const isFolded =
      layer.operator === 'Gemm' || layer.operator === 'Conv'
        ? this.#shiftOwnBias(position, node, shift)
        : this.#shiftFollowingAdd(layer, shift)
    if (!isFolded) this.#insertAdd(position, node, layer, shift)
  }

  /** Gemm and Conv have their bias as third input. */
  #shiftOwnBias(position: number, node: Node, shift: Float64Array): boolean {
    const beta = node.opType === 'Gemm' ? readFloat(node, 'beta', 1) : 1
    const bias = node.inputs[2] ?? ''
    if (bias === '' && beta !== 1) return false
    const shifted =
      bias === '' ? this.#store(`${node.outputs[0]!}.bias`, shift) : this.#shiftedBias(bias, shift, beta)
    if (shifted === undefined) return false
    this.nodes[position] = { ...node, inputs: [node.inputs[0]!, node.inputs[1]!, shifted] }
    return true
  }

  #shiftFollowingAdd(layer: LinearLayer, shift: Float64Array): boolean {
    const { biasName, nodeOutput, output } = layer
    const position = this.nodes.findIndex(
      ({ opType, inputs, outputs }) =>
        opType === 'Add' &&
        outputs[0] === output &&
        inputs.includes(nodeOutput) &&
        inputs.includes(biasName ?? '')
    )
    const add = this.nodes[position]
    const shifted = add && biasName !== undefined ? this.#shiftedBias(biasName, shift, 1) : undefined
    if (add === undefined || shifted === undefined) return false
    const inputs = add.inputs.map((input) => (input === biasName ? shifted : input))
    this.nodes[position] = { ...add, inputs }
    return true
  }

  /** A copy of the bias plus shift / beta; undefined when the bias is not one stored float32 value per output. */
  #shiftedBias(name: string, shift: Float64Array, beta: number): string | undefined {
    const bias = this.initializers.get(name)
    const isPerOutput = bias?.dims.at(-1) === shift.length && elementCount(bias.dims) === shift.length
    if (bias?.dataType !== 'float32' || !isPerOutput || beta === 0) return undefined
    const values = float32Values(bias).map((value, index) => value + shift[index]! / beta)
    return this.#store(`${name}.shifted`, values, bias.dims)
  }

  #insertAdd(position: number, node: Node, layer: LinearLayer, shift: Float64Array): void {
    const unshifted = this.#names.take(`${layer.nodeOutput}.unshifted`)
    // A convolution has its features on the second axis, the others on the last.
    const rank = layer.operator === 'Conv' ? this.#weightRank(node) : 1
    const dims = rank === 1 ? [shift.length] : [1, shift.length, ...Array.from({ length: rank - 2 }, () => 1)]
    const constant = this.#store(`${layer.nodeOutput}.shift`, shift, dims)
    this.nodes.splice(
      position,
      1,
      { ...node, outputs: [unshifted] },
      {
        name: `${layer.nodeOutput}.shift`,
        opType: 'Add',
        domain: '',
        inputs: [unshifted, constant],
        outputs: [layer.nodeOutput],
        attributes: new Map()
      }
    )
  }

  #weightRank(node: Node): number {
    const weight = this.initializers.get(node.inputs[1] ?? '')
    if (weight !== undefined) return weight.dims.length
    throw new WorkbenchError('internal', `The weight of convolution '${node.name}' is not an initializer.`)
  }

  #store(wanted: string, values: ArrayLike<number>, dims: readonly number[] = [values.length]): string {
    const name = this.#names.take(wanted)
    this.initializers.set(name, float32Tensor(name, dims, Float32Array.from(values)))
    return name
  }
}
