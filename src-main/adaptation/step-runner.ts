/** Runs training steps: opens the sessions and keeps the weights and running values between them. */
import { WorkbenchError } from '@contract/errors'
import type { Clock } from '../base/clock'
import { encodeModel } from '../onnx/serde/encode-model'
import { float32Values } from '../onnx/ir/tensor'
import type {
  InferenceBackend,
  InferenceSession,
  RuntimeTensor,
  SessionOptions
} from '../runtime/inference-backend'
import type { StepState } from '../gradient/optimizers/step-graph'
import type { TrainingBatch } from './training-data'
import type { TrainingStep } from './training-step'

/** Weights and running values, by the input of the step that takes them. */
export type StepValues = ReadonlyMap<string, Float32Array>

export interface StepRates {
  /** From 1. */
  readonly stepNumber: number
  readonly learningRate: number
  readonly groups: ReadonlyMap<string, number>
}

export interface StepOutcome {
  /** Mean over the recordings of the step. */
  readonly loss: number
  readonly gradientNorm: number
  /** Spent inside the runtime, its copies of inputs and outputs included. */
  readonly runSeconds: number
}

type Feeds = Readonly<Record<string, RuntimeTensor>>

/** The weights of the model and zeros for everything else: where a training begins. */
export function initialValues({ step, parameters }: TrainingStep): StepValues {
  return new Map(
    step.state.map(({ input, dims }) => {
      const tensor = parameters.get(input)
      return [input, tensor === undefined ? zeros(dims) : Float32Array.from(float32Values(tensor))]
    })
  )
}

function zeros(dims: StepState['dims']): Float32Array {
  return new Float32Array(dims.map(Number).reduce((product, size) => product * size, 1))
}

export class StepRunner {
  readonly #step: TrainingStep
  readonly #clock: Clock
  readonly #update: InferenceSession
  readonly #backward: InferenceSession | undefined
  #state: Feeds
  /** Where the next step writes, by output: the arrays of the step before the last. */
  #spare: Feeds

  private constructor(
    step: TrainingStep,
    clock: Clock,
    sessions: { readonly update: InferenceSession; readonly backward: InferenceSession | undefined },
    values: StepValues
  ) {
    this.#step = step
    this.#clock = clock
    this.#update = sessions.update
    this.#backward = sessions.backward
    const { state } = step.step
    // The caller's arrays stay his: those of the state are written over.
    this.#state = feedsOf(state, new Map([...values].map(([name, array]) => [name, array.slice()])))
    const zeroed = feedsOf(state, new Map(state.map(({ input, dims }) => [input, zeros(dims)])))
    this.#spare = byOutput(state, zeroed)
  }

  /** @throws WorkbenchError `native` when the runtime refuses a graph, `internal` for values of another training. */
  static async open(
    backend: InferenceBackend,
    step: TrainingStep,
    values: StepValues,
    { clock, ...sessionOptions }: SessionOptions & { readonly threads: number; readonly clock: Clock }
  ): Promise<StepRunner> {
    const open = (model: Parameters<typeof encodeModel>[0]) =>
      backend.open({ kind: 'bytes', bytes: encodeModel(model) }, sessionOptions)
    const update = await open(step.step.model)
    const backward = step.accumulation === undefined ? undefined : await open(step.accumulation.model)
    return new StepRunner(step, clock, { update, backward }, values)
  }

  /** The trained weights as they are now, as feeds for a graph that has them as inputs; not copied, as `values`. */
  get parameters(): Feeds {
    return Object.fromEntries(
      this.#step.step.state.flatMap(({ input, kind }) =>
        kind === 'parameter' ? [[input, this.#state[input]!]] : []
      )
    )
  }

  /** Weights and running values as they are now. Not copied: the step after the next one writes over the arrays. */
  get values(): StepValues {
    return new Map(Object.entries(this.#state).map(([name, { data }]) => [name, data as Float32Array]))
  }

  /**
   * Takes one step over `batches`, of which there is one unless the step accumulates. When the loss or the norm of the
   * gradients is not finite, the weights stay as they were.
   */
  async take(batches: readonly TrainingBatch[], rates: StepRates): Promise<StepOutcome> {
    const start = this.#clock.nowMilliseconds()
    const { gradientNorm, state } = this.#step.step
    const wanted = [
      ...(gradientNorm === undefined ? [] : [gradientNorm]),
      ...state.map(({ output }) => output)
    ]
    const { feeds, loss } = await this.#gradients(batches)
    const names = loss === undefined ? [this.#step.loss, ...wanted] : wanted
    const fetches = Object.fromEntries(names.map((name) => [name, this.#spare[name] ?? null]))
    const inputs = { ...feeds, ...this.#state, ...this.#rateFeeds(rates) }
    const outputs = await this.#update.run(inputs, fetches)
    const outcome = {
      loss: loss ?? scalarOf(outputs, this.#step.loss),
      gradientNorm: gradientNorm === undefined ? 0 : scalarOf(outputs, gradientNorm),
      runSeconds: (this.#clock.nowMilliseconds() - start) / 1000
    }
    if (Number.isFinite(outcome.loss) && Number.isFinite(outcome.gradientNorm)) {
      const written = this.#spare
      this.#spare = byOutput(state, this.#state)
      this.#state = Object.fromEntries(state.map(({ input, output }) => [input, written[output]!]))
    }
    return outcome
  }

  /** What the update is fed: the batch itself, or the gradients summed over all batches and their mean loss. */
  async #gradients(
    batches: readonly TrainingBatch[]
  ): Promise<{ readonly feeds: Feeds; readonly loss: number | undefined }> {
    const { accumulation, loss } = this.#step
    if (accumulation === undefined || this.#backward === undefined) {
      const [batch] = batches
      if (batch === undefined || batches.length > 1) {
        throw new WorkbenchError('internal', `This step takes one batch, got ${batches.length}.`)
      }
      return { feeds: batch.feeds, loss: undefined }
    }
    const states = [...accumulation.sums.values()]
    const recordings = batches.reduce((sum, batch) => sum + batch.recordings, 0)
    let sums: Feeds = feedsOf(states, new Map(states.map(({ input, dims }) => [input, zeros(dims)])))
    let meanLoss = 0
    for (const batch of batches) {
      const share = batch.recordings / recordings
      const outputs = await this.#backward.run(
        { ...batch.feeds, ...this.parameters, ...sums, [accumulation.share]: scalar(share) },
        [loss, ...states.map(({ output }) => output)]
      )
      meanLoss += share * scalarOf(outputs, loss)
      sums = Object.fromEntries(states.map(({ input, output }) => [input, outputs[output]!]))
    }
    return { feeds: sums, loss: meanLoss }
  }

  #rateFeeds({ stepNumber, learningRate, groups }: StepRates): Feeds {
    const { step } = this.#step
    return {
      [step.learningRate]: scalar(learningRate),
      ...(step.stepNumber === undefined ? {} : { [step.stepNumber]: scalar(stepNumber) }),
      ...Object.fromEntries(
        [...step.groupLearningRates].map(([group, input]) => [
          input,
          scalar(groups.get(group) ?? learningRate)
        ])
      )
    }
  }

  async release(): Promise<void> {
    await this.#update.release()
    await this.#backward?.release()
  }
}

function scalar(value: number): RuntimeTensor {
  return { dataType: 'float32', dims: [], data: Float32Array.of(value) }
}

/** @throws WorkbenchError `internal` when the graph has no such float32 output. */
export function scalarOf(outputs: Feeds, name: string): number {
  const output = outputs[name]
  if (output?.dataType === 'float32' && output.data.length === 1) return output.data[0]!
  throw new WorkbenchError('internal', `The step gave no single float32 number '${name}'.`)
}

/** The tensors of the inputs, by the output that holds the next ones. */
function byOutput(states: readonly StepState[], tensors: Feeds): Feeds {
  return Object.fromEntries(states.map(({ input, output }) => [output, tensors[input]!]))
}

function feedsOf(states: readonly StepState[], values: StepValues): Feeds {
  return Object.fromEntries(
    states.map(({ input, dims }) => {
      const sizes = dims.map(Number)
      const data = values.get(input)
      if (data?.length !== sizes.reduce((product, size) => product * size, 1)) {
        throw new WorkbenchError(
          'internal',
          `The values of '${input}' [${sizes.join(', ')}] are ${data === undefined ? 'missing' : `${data.length} numbers`}.`
        )
      }
      return [input, { dataType: 'float32', dims: sizes, data }]
    })
  )
}
