/**
 * What gradient checkpointing costs and saves: the largest resident memory and the time of a training step of all of
 * whisper-tiny-ctc on one long recording, with and without, each in a process of its own. Needs ../shared/real.
 *
 * AUDIO_SECONDS=30 sets the length of the recording, STEPS=3 how many steps are taken, THREADS=1 the threads.
 *
 * Run: npx rolldown tests/performance/checkpointing.bench.ts --platform node --tsconfig tsconfig.base.json \
 *   --external onnxruntime-node -d out/bench && npx node out/bench/checkpointing.bench.js
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { initialValues, StepRunner } from '../../src-main/adaptation/step-runner'
import { trainableParameters } from '../../src-main/adaptation/trainable-parameters'
import { int64Vector, labelFeeds } from '../../src-main/adaptation/training-data'
import { buildTrainingStep } from '../../src-main/adaptation/training-step'
import { createPrng } from '../../src-main/base/prng'
import { decodeModel } from '../../src-main/onnx/serde/decode-model'
import { createOrtBackend } from '../../src-main/runtime/ort/ort-backend'

const seconds = Number(process.env.AUDIO_SECONDS ?? 30)
const steps = Number(process.env.STEPS ?? 3)
const threads = Number(process.env.THREADS ?? 1)
const clock = { nowMilliseconds: () => performance.now() }

interface Outcome {
  readonly residentMegabytes: number
  readonly stepSeconds: number
  readonly processorSeconds: number
  readonly gradientNorm: number
}

async function measure(checkpointing: boolean): Promise<Outcome> {
  const model = decodeModel(readFileSync(resolve('../shared/real/whisper-tiny-ctc/model.onnx')))
  const trainable = trainableParameters(model, { trainable: ['*'], frozen: [] })
  const step = buildTrainingStep(model, {
    input: 'input_features',
    timeAxis: 2,
    logits: 'logits',
    blank: 0,
    trainable,
    optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    maxGradientNorm: 1,
    groups: new Map(),
    accumulates: false,
    checkpointing
  })
  const runner = await StepRunner.open(createOrtBackend(), step, initialValues(step), { threads, clock })
  const prng = createPrng(1)
  const frames = 100 * seconds
  const data = Float32Array.from({ length: 80 * frames }, () => 0.3 * prng.normal())
  const labels = Array.from({ length: 60 }, () => 1 + prng.integer(26))
  const batch = {
    feeds: {
      input_features: { dataType: 'float32', dims: [1, 80, frames], data },
      [step.inputs.validFrames]: int64Vector([frames]),
      ...labelFeeds([labels], step.inputs)
    },
    recordings: 1,
    audioSeconds: seconds,
    countWordErrors: () => ({ wordErrors: 0, referenceWords: 0 })
  } as const
  const taken: Omit<Outcome, 'residentMegabytes'>[] = []
  for (let number = 1; number <= steps; number++) {
    const [before, start] = [process.cpuUsage(), performance.now()]
    const { gradientNorm } = await runner.take([batch], {
      stepNumber: number,
      learningRate: 1e-5,
      groups: new Map()
    })
    const { user, system } = process.cpuUsage(before)
    const stepSeconds = (performance.now() - start) / 1000
    taken.push({ gradientNorm, stepSeconds, processorSeconds: (user + system) / 1e6 })
  }
  await runner.release()
  return {
    // The quickest: what else the machine does only ever adds.
    stepSeconds: Math.min(...taken.map((each) => each.stepSeconds)),
    processorSeconds: Math.min(...taken.map((each) => each.processorSeconds)),
    gradientNorm: taken[0]!.gradientNorm,
    residentMegabytes: process.resourceUsage().maxRSS / 1024
  }
}

if (process.send === undefined) {
  for (const checkpointing of ['without', 'with']) {
    const child = fork(process.argv[1]!, [checkpointing])
    const [outcome] = (await once(child, 'message')) as [Outcome]
    const { residentMegabytes, stepSeconds, processorSeconds, gradientNorm } = outcome
    console.log(
      `${checkpointing.padEnd(8)} ${residentMegabytes.toFixed(0)} MB, ${stepSeconds.toFixed(2)} s a step, ${processorSeconds.toFixed(2)} s of processor time; gradient norm ${gradientNorm}`
    )
  }
} else {
  process.send(await measure(process.argv[2] === 'with'))
}
