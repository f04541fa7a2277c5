import { WorkbenchError } from '@contract/errors'
import type { DataType } from '../ir/data-type'
import type { Attribute, Dimension, Model, Node, ValueInfo } from '../ir/model'
import type { Tensor } from '../ir/tensor'

/** The opset and IR version that Lathe authors at: the newest whose operators all have CPU kernels. */
export const authoredOpset = 21
export const authoredIrVersion = 10

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** Names of the outputs; one generated name by default. */
  readonly outputs?: readonly string[]
  readonly name?: string
  readonly domain?: string
}

/**
 * Builds a graph from front to back. Methods return the names of the values they make, to be passed on:
 *
 * ```ts
 * const builder = new GraphBuilder('gram')
 * const x = builder.input('x', 'float64', ['rows', 4])
 * builder.output(builder.node('Gemm', [x, x], { attributes: { transA: intAttribute(1) } }), 'float64', [4, 4])
 * const model = builder.build()
 * ```
 */
export class GraphBuilder {
  readonly #name: string
  readonly #opset: number
  readonly #nodes: Node[] = []
  readonly #inputs: ValueInfo[] = []
  readonly #outputs: ValueInfo[] = []
  readonly #initializers = new Map<string, Tensor>()
  readonly #taken = new Set<string>()

  constructor(name: string, opset = authoredOpset) {
    this.#name = name
    this.#opset = opset
  }

  input(name: string, dataType: DataType, dims: readonly Dimension[]): string {
    this.#take(name)
    this.#inputs.push({ name, type: { kind: 'tensor', dataType, dims } })
    return name
  }

  /** Adds a constant under the tensor's own name. */
  initializer(tensor: Tensor): string {
    this.#take(tensor.name)
    this.#initializers.set(tensor.name, tensor)
    return tensor.name
  }

  /** Adds a node with one output and returns that output. */
  node(opType: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const [output] = this.nodes(opType, inputs, options)
    return output!
  }

  /** Adds a node with several outputs, named in `options.outputs`. */
  nodes(opType: string, inputs: readonly string[], options: NodeOptions = {}): readonly string[] {
    const outputs = options.outputs ?? [this.#freshName(opType)]
    for (const output of outputs) if (output !== '') this.#take(output)
    this.#nodes.push({
      name: options.name ?? outputs[0] ?? opType,
      opType,
      domain: options.domain ?? '',
      inputs,
      outputs,
      attributes: new Map(Object.entries(options.attributes ?? {}))
    })
    return outputs
  }

  /** Declares `value` an output of the graph. */
  output(value: string, dataType: DataType, dims?: readonly Dimension[]): void {
    this.#outputs.push({ name: value, type: { kind: 'tensor', dataType, dims } })
  }

  build(): Model {
    return {
      irVersion: authoredIrVersion,
      opsetImports: new Map([['', this.#opset]]),
      producerName: 'lathe',
      producerVersion: '',
      domain: '',
      modelVersion: 0n,
      graph: {
        name: this.#name,
        nodes: [...this.#nodes],
        initializers: new Map(this.#initializers),
        sparseInitializers: [],
        inputs: [...this.#inputs],
        outputs: [...this.#outputs],
        valueInfos: [],
        quantizationAnnotations: []
      },
      functions: [],
      metadataProps: new Map()
    }
  }

  #freshName(opType: string): string {
    for (let index = this.#nodes.length; ; index++) {
      const name = `${opType.toLowerCase()}_${index}`
      if (!this.#taken.has(name)) return name
    }
  }

  #take(name: string): void {
    if (this.#taken.has(name)) throw new WorkbenchError('internal', `The value '${name}' is defined twice.`)
    this.#taken.add(name)
  }
}
