/** What every optimizer is: nodes behind the gradients, and the loop of state that the trainer closes from step to step. */
import { WorkbenchError } from '@contract/errors'
import type { DataType } from '../../onnx/ir/data-type'
import type { Dimension, Model } from '../../onnx/ir/model'
import { intAttribute } from '../../onnx/ir/attribute'
import { GraphWriter } from '../graph-writer'
import { join, parameterBlocks, separate, type ParameterBlock } from './parameter-block'

/** A value that goes into a step and comes out changed. */
export interface StepState {
  readonly input: string
  /** The output to feed as `input` in the next step. */
  readonly output: string
  readonly dataType: DataType
  readonly dims: readonly Dimension[]
  /** A parameter starts as the model has it, everything else (`moment`) as zeros. */
  readonly kind: 'parameter' | 'moment'
}

export interface StepGraph {
  readonly model: Model
  readonly state: readonly StepState[]
  /** The scalar input for the learning rate, in the type of the parameters; of parameters without a group. */
  readonly learningRate: string
  /** The scalar input for the learning rate of each group, by the group's name. */
  readonly groupLearningRates: ReadonlyMap<string, string>
  /** The scalar input for the number of the step, from 1, as a number of the same type; undefined when not needed. */
  readonly stepNumber: string | undefined
  /** The output with the norm of all gradients before clipping; undefined without clipping. */
  readonly gradientNorm: string | undefined
}

export interface OptimizerOptions {
  /** The gradient of each parameter, as `differentiate` returns them; parameters are graph inputs of one type. */
  readonly gradients: ReadonlyMap<string, string>
  /** Gradients are scaled down together where their global norm exceeds this. Default: no clipping. */
  readonly maxGradientNorm?: number
  /** The group of each parameter that has a learning rate of its own. Clipping is over all groups together. */
  readonly groups?: ReadonlyMap<string, string>
}

/** Writes one optimizer step behind a model. */
export class StepWriter {
  readonly graph: GraphWriter
  readonly dataType: DataType
  readonly #learningRate: string
  readonly #groups: ReadonlyMap<string, string>
  readonly #groupLearningRates = new Map<string, string>()
  /** Each block with its gradient. */
  readonly #gradients: ReadonlyMap<ParameterBlock, string>
  readonly #state: StepState[] = []
  readonly #shares = new Map<number, string>()
  #stepNumber: string | undefined
  /** What clipping multiplies gradients by. */
  #clipping: string | undefined
  #gradientNorm: string | undefined

  /**
   * `kindOf`: parameters of different kinds are updated differently.
   *
   * @throws WorkbenchError `invalid-input` without parameters, or for one that is no graph input or of another type.
   */
  constructor(
    model: Model,
    { gradients, maxGradientNorm, groups = new Map() }: OptimizerOptions,
    kindOf: (parameter: string) => string = () => 'all'
  ) {
    this.graph = new GraphWriter(model, 'optimizer')
    this.dataType = parameterType(model, gradients.keys())
    this.#learningRate = this.graph.input('learningRate', this.dataType, [])
    this.#groups = groups
    for (const group of new Set(groups.values())) {
      this.#groupLearningRates.set(group, this.graph.input(`learningRate.${group}`, this.dataType, []))
    }
    const keyOf = (parameter: string) => [kindOf(parameter), groups.get(parameter) ?? []].flat().join('.')
    if (maxGradientNorm !== undefined) this.#clip([...gradients.values()], positive(maxGradientNorm))
    this.#gradients = new Map(
      parameterBlocks(this.graph, gradients.keys(), keyOf).map((block) => {
        const own = block.parameters.map((parameter) => gradients.get(parameter)!)
        return [block, join(this.graph, block, own)]
      })
    )
  }

  scalar(value: number): string {
    return this.graph.scalar(value, this.dataType)
  }

  /** The learning rate of a block: its group's, or the common one. */
  learningRateOf({ parameters }: ParameterBlock): string {
    const group = this.#groups.get(parameters[0]!)
    return (group === undefined ? undefined : this.#groupLearningRates.get(group)) ?? this.#learningRate
  }

  /** The number of the step, from 1. */
  stepNumber(): string {
    this.#stepNumber ??= this.graph.input('stepNumber', this.dataType, [])
    return this.#stepNumber
  }

  /** The clipped gradient times `factor`, in one pass over it: the factor is multiplied into that of clipping. */
  clipped(gradient: string, factor = 1): string {
    const share =
      this.#shares.get(factor) ??
      (this.#clipping === undefined
        ? this.scalar(factor)
        : factor === 1
          ? this.#clipping
          : this.graph.mul(this.#clipping, this.scalar(factor)))
    this.#shares.set(factor, share)
    return this.#clipping === undefined && factor === 1 ? gradient : this.graph.mul(gradient, share)
  }

  /** Calls `update` for each block with its value and its gradient before clipping; it returns the new value. */
  forEachBlock(update: (block: ParameterBlock, value: string, gradient: string) => string): StepGraph {
    for (const [block, gradient] of this.#gradients) {
      const next = update(block, join(this.graph, block, block.parameters), gradient)
      separate(this.graph, block, next).forEach((value, index) => {
        const parameter = block.parameters[index]!
        const dims = this.graph.dims(parameter) ?? []
        this.#close(parameter, { next: value, dims, kind: 'parameter' })
      })
    }
    return {
      model: this.graph.build(),
      state: this.#state,
      learningRate: this.#learningRate,
      groupLearningRates: this.#groupLearningRates,
      stepNumber: this.#stepNumber,
      gradientNorm: this.#gradientNorm
    }
  }

  /** A running value of the shape of a block, zeros at first: `next` makes its new value from the old one. */
  moment(block: ParameterBlock, name: string, next: (old: string) => string): string {
    const dims =
      block.sizes === undefined
        ? (this.graph.dims(block.parameters[0]!) ?? [])
        : [block.sizes.reduce((sum, size) => sum + size, 0)]
    const old = this.graph.input(`${block.name}.${name}`, this.dataType, dims)
    return this.#close(old, { next: next(old), dims, kind: 'moment' })
  }

  #close(input: string, { next, dims, kind }: Pick<StepState, 'dims' | 'kind'> & { readonly next: string }) {
    const output = this.graph.rename(next, this.graph.takeName(`${input}.next`))
    this.graph.output(output, this.dataType, dims)
    this.#state.push({ input, output, dataType: this.dataType, dims, kind })
    return output
  }

  /**
   * min(1, max / (‖all g‖ + 1e-6)), as torch.nn.utils.clip_grad_norm_. Each gradient is squared by a node of its own, in the order
   * of the parameters: ONNX Runtime walks back from here, the last written first, and so sums up each layer's gradients while
   * their cotangents are fresh. Behind a joined vector all of them would wait for the end of the backward pass.
   */
  #clip(gradients: readonly string[], max: number): void {
    const { graph } = this
    const squares = gradients.map((gradient) =>
      graph.node('ReduceSumSquare', [gradient], { keepdims: intAttribute(0) })
    )
    const norm = graph.nameValue(graph.takeName('gradientNorm'), 'Sqrt', [graph.node('Sum', squares)])
    graph.output(norm, this.dataType, [])
    this.#gradientNorm = norm
    const ratio = graph.div(this.scalar(max), graph.add(norm, this.scalar(1e-6)))
    this.#clipping = graph.node('Min', [ratio, this.scalar(1)])
  }
}

function positive(maxGradientNorm: number): number {
  if (maxGradientNorm > 0 && Number.isFinite(maxGradientNorm)) return maxGradientNorm
  throw new WorkbenchError(
    'invalid-input',
    `The largest gradient norm is ${maxGradientNorm}, expected a positive number.`
  )
}

function parameterType({ graph }: Model, parameters: Iterable<string>): DataType {
  const types = new Set<DataType>()
  for (const name of parameters) {
    const type = graph.inputs.find((input) => input.name === name)?.type
    if (type?.kind !== 'tensor' || graph.initializers.has(name)) {
      throw new WorkbenchError(
        'invalid-input',
        `'${name}' is no input of the model, so a step cannot give it a new value; turn it into one with parametersToInputs.`
      )
    }
    types.add(type.dataType)
  }
  const [dataType, ...others] = types
  if (dataType === undefined || others.length > 0) {
    throw new WorkbenchError(
      'invalid-input',
      `An optimizer needs parameters of one type, got ${dataType === undefined ? 'no parameters' : [...types].join(' and ')}.`
    )
  }
  return dataType
}
