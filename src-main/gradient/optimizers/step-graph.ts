/** What every optimizer is: nodes behind the gradients, and the loop of state that the trainer closes from step to step. */
import { WorkbenchError } from '@contract/errors'
import type { DataType } from '../../onnx/ir/data-type'
import type { Dimension, Model } from '../../onnx/ir/model'
import { intAttribute } from '../../onnx/ir/attribute'
import { GraphWriter } from '../graph-writer'

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
  readonly #gradients: ReadonlyMap<string, string>
  readonly #state: StepState[] = []
  #stepNumber: string | undefined
  #gradientNorm: string | undefined

  /** @throws WorkbenchError `invalid-input` without parameters, or for one that is no graph input or of another type. */
  constructor(model: Model, { gradients, maxGradientNorm, groups = new Map() }: OptimizerOptions) {
    this.graph = new GraphWriter(model, 'optimizer')
    this.dataType = parameterType(model, gradients.keys())
    this.#learningRate = this.graph.input('learningRate', this.dataType, [])
    this.#groups = groups
    for (const group of new Set(groups.values())) {
      this.#groupLearningRates.set(group, this.graph.input(`learningRate.${group}`, this.dataType, []))
    }
    this.#gradients =
      maxGradientNorm === undefined ? gradients : this.#clip(gradients, positive(maxGradientNorm))
  }

  scalar(value: number): string {
    return this.graph.scalar(value, this.dataType)
  }

  /** The learning rate of a parameter: its group's, or the common one. */
  learningRateOf(parameter: string): string {
    const group = this.#groups.get(parameter)
    return (group === undefined ? undefined : this.#groupLearningRates.get(group)) ?? this.#learningRate
  }

  /** The number of the step, from 1. */
  stepNumber(): string {
    this.#stepNumber ??= this.graph.input('stepNumber', this.dataType, [])
    return this.#stepNumber
  }

  /** Calls `update` for each parameter with its (clipped) gradient; it returns the new value. */
  forEachParameter(update: (parameter: string, gradient: string) => string): StepGraph {
    for (const [parameter, gradient] of this.#gradients) {
      this.#close(parameter, parameter, { next: update(parameter, gradient), kind: 'parameter' })
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

  /** A running value of the shape of `parameter`, zeros at first: `next` makes its new value from the old one. */
  moment(parameter: string, name: string, next: (old: string) => string): string {
    const old = this.graph.input(`${parameter}.${name}`, this.dataType, this.graph.dims(parameter) ?? [])
    return this.#close(parameter, old, { next: next(old), kind: 'moment' })
  }

  #close(
    parameter: string,
    input: string,
    { next, kind }: { readonly next: string; readonly kind: StepState['kind'] }
  ): string {
    const dims = this.graph.dims(parameter) ?? []
    const output = this.graph.rename(next, this.graph.takeName(`${input}.next`))
    this.graph.output(output, this.dataType, dims)
    this.#state.push({ input, output, dataType: this.dataType, dims, kind })
    return output
  }

  /** g · min(1, max / (‖all g‖ + 1e-6)), as torch.nn.utils.clip_grad_norm_. */
  #clip(gradients: ReadonlyMap<string, string>, max: number): ReadonlyMap<string, string> {
    const { graph } = this
    const squares = [...gradients.values()].map((gradient) =>
      graph.node('ReduceSumSquare', [gradient], { keepdims: intAttribute(0) })
    )
    const norm = graph.nameValue(graph.takeName('gradientNorm'), 'Sqrt', [graph.node('Sum', squares)])
    graph.output(norm, this.dataType, [])
    this.#gradientNorm = norm
    const ratio = graph.div(this.scalar(max), graph.add(norm, this.scalar(1e-6)))
    const factor = graph.node('Min', [ratio, this.scalar(1)])
    return new Map([...gradients].map(([name, gradient]) => [name, graph.mul(gradient, factor)]))
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
