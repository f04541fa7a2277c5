/**
 * What a training step costs on a real model: the last block and head of whisper-tiny-ctc on connected words. Steps per second,
 * the share of time outside the runtime, and what copying weights and running values out of the runtime takes. Not part of
 * `npm test`; needs ../shared/real.
 *
 * STEPS=30 sets how many, PLAIN=1 leaves the augmentation out.
 *
 * Run: npx rolldown tests/performance/training.bench.ts --platform node --tsconfig tsconfig.base.json \
 *   --external onnxruntime-node -d out/bench && npx node out/bench/training.bench.js
 */
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { TrainingEvent } from '../../src-preload/contract/training'
import { initialValues } from '../../src-main/adaptation/step-runner'
import { train } from '../../src-main/adaptation/train'
import { parameterGroupOf, trainableParameters } from '../../src-main/adaptation/trainable-parameters'
import { buildTrainingStep } from '../../src-main/adaptation/training-step'
import { elementCount } from '../../src-main/onnx/ir/tensor'
import { openDataset } from '../../src-main/engine/jobs/dataset'
import { openModel, requireDescription } from '../../src-main/engine/jobs/open-model'
import { openTrainingSet } from '../../src-main/engine/jobs/training-set'
import { trainingTarget } from '../../src-main/engine/jobs/training-target'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'
import type { RuntimeTensor } from '../../src-main/runtime/inference-backend'
import { createOrtBackend } from '../../src-main/runtime/ort/ort-backend'
import { parseTrainingRecipe } from '../../src-main/services/train-model'
import { openSpeechModel } from '../../src-main/speech/families/open-speech-model'
import { findNormalizer } from '../../src-main/speech/text/normalizers'

const recipePath = resolve('resources/training/fine-tune-whisper-tiny.json')
const steps = Number(process.env.STEPS ?? 30)
const clock = { nowMilliseconds: () => performance.now() }
const context = {
  signal: { aborted: false },
  progress: () => undefined,
  records: () => undefined,
  breathe: () => Promise.resolve()
}
const recipe = {
  ...parseTrainingRecipe(readFileSync(recipePath, 'utf8'), recipePath),
  steps,
  evaluateEverySteps: steps,
  // Without augmentation the features are made once, so that only steps are left.
  ...(process.env.PLAIN === undefined ? {} : { augmentation: { speeds: [1] } })
}
const fromRecipe = (path: string) => resolve(dirname(recipePath), path)

const backend = createOrtBackend()
const opened = await openModel(fromRecipe(recipe.model))
const description = requireDescription(opened)
if (description.family !== 'ctc-encoder') throw new TypeError('Expected a CTC encoder.')
const trainable = trainableParameters(opened.model, recipe)
const options = {
  input: description.inputName,
  timeAxis: 2,
  logits: description.outputName,
  blank: description.vocabulary.blankId,
  trainable,
  optimizer: recipe.optimizer,
  maxGradientNorm: recipe.maxGradientNorm,
  groups: parameterGroupOf(opened.model, trainable, recipe.groups),
  accumulates: false
}
const step = buildTrainingStep(opened.model, options)
const recognizer = await openSpeechModel(
  backend,
  description,
  { kind: 'file', path: opened.file },
  { threads: recipe.threads, clock }
)
const open = async (path: string) =>
  openTrainingSet(
    {
      dataset: await openDataset(fromRecipe(path)),
      recognizer,
      target: trainingTarget(description, findNormalizer(recipe.normalizer)),
      resampleToHz: undefined,
      augmentation: recipe.augmentation,
      seed: recipe.seed,
      inputs: step.inputs
    },
    context
  )
const data = await open(recipe.trainingSet)
const parameters = [...step.parameters.values()].reduce((sum, { dims }) => sum + elementCount(dims), 0)
console.log(
  `${cpus()[0]?.model ?? '?'}, ${recipe.threads} threads; ${parameters} parameters in ${trainable.length} tensors`
)

const events: TrainingEvent[] = []
await train({
  backend,
  clock,
  recipe,
  step,
  data,
  development: undefined,
  resume: undefined,
  signal: context.signal,
  onEvent: (event) => events.push(event),
  save: () => Promise.resolve(),
  breathe: () => new Promise((done) => setImmediate(done))
})
const taken = events.flatMap((event) => (event.kind === 'step' ? [event] : []))
const sum = (of: (event: (typeof taken)[number]) => number) =>
  taken.reduce((total, event) => total + of(event), 0)
const [run, making, other] = [
  sum((e) => e.pace.runSeconds),
  sum((e) => e.pace.dataSeconds),
  sum((e) => e.pace.otherSeconds)
]
const total = run + making + other
const percent = (share: number) => `${(100 * share).toFixed(1)} %`
console.log(
  `${steps} steps, ${sum((e) => e.record.audioSeconds).toFixed(0)} s of speech in ${total.toFixed(1)} s: ${(steps / total).toFixed(2)} steps/s`
)
console.log(
  `in the runtime ${percent(run / total)}, making batches ${percent(making / total)}, loop ${percent(other / total)}`
)
console.log(`loss ${taken.map((e) => e.record.loss.toFixed(3)).join(' ')}`)

// The same step with and without its outputs: what leaves the runtime is copied.
const session = await backend.open(
  { kind: 'bytes', bytes: encodeModel(step.step.model) },
  { threads: recipe.threads }
)
const values = initialValues(step)
const batch = await data.batch([0, 1, 2, 3, 4, 5, 6, 7], 0)
const scalar = (value: number): RuntimeTensor => ({
  dataType: 'float32',
  dims: [],
  data: Float32Array.of(value)
})
const feeds: Record<string, RuntimeTensor> = {
  ...batch.feeds,
  ...Object.fromEntries(
    step.step.state.map(({ input, dims }) => [
      input,
      { dataType: 'float32', dims: dims.map(Number), data: values.get(input)! } as const
    ])
  ),
  [step.step.learningRate]: scalar(1e-4),
  [step.step.stepNumber!]: scalar(1)
}
const timeOf = async (fetches: readonly string[]) => {
  const start = performance.now()
  await session.run(feeds, fetches)
  return performance.now() - start
}
const few = [step.loss]
const all = [step.loss, ...step.step.state.map(({ output }) => output)]
const times = { few: [] as number[], all: [] as number[] }
for (let round = 0; round < 10; round++) {
  times.few.push(await timeOf(few))
  times.all.push(await timeOf(all))
}
// The quickest of ten: what else the machine does only ever adds.
const [without, withAll] = [Math.min(...times.few), Math.min(...times.all)]
console.log(
  `one step ${withAll.toFixed(0)} ms, without copying ${((12 * parameters) / 1e6).toFixed(0)} MB of weights and running values out ${without.toFixed(0)} ms: copies ${percent((withAll - without) / withAll)}`
)
await session.release()
await recognizer.release()
