/**
 * What measuring sensitivities costs on a real model, against running the whole rewritten model each time, and how long the
 * probe of the machine takes. Not part of `npm test`; needs the real model and speech beside the repository.
 *
 * Run: npx rolldown tests/performance/sensitivity.bench.ts --platform node --tsconfig tsconfig.base.json \
 *   --external onnxruntime-node -d out/bench && npx node out/bench/sensitivity.bench.js
 */
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import type { LowRankFactors } from '../../src-main/compression/low-rank-factors'
import { applyLowRank } from '../../src-main/compression/apply-low-rank'
import { layerMatrix } from '../../src-main/compression/layer-matrix'
import { lowRankMethodTable } from '../../src-main/compression/methods/methods'
import { openDataset } from '../../src-main/engine/jobs/dataset'
import {
  measureSensitivity,
  sensitivityRankShares,
  sensitivityUtterances
} from '../../src-main/engine/jobs/measure-sensitivity'
import { countCosts } from '../../src-main/engine/jobs/model-costs'
import { openModel, requireDescription } from '../../src-main/engine/jobs/open-model'
import { probeMachine, timedShapes } from '../../src-main/engine/jobs/probe-machine'
import { createBackendProducts } from '../../src-main/linalg/backend-products'
import { matrix } from '../../src-main/linalg/matrix'
import { locateLinearLayers } from '../../src-main/onnx/linear-layer/locate-linear-layers'
import { readWeight } from '../../src-main/onnx/linear-layer/read-weight'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'
import { createOrtBackend } from '../../src-main/runtime/ort/ort-backend'
import { openSpeechModel } from '../../src-main/speech/families/open-speech-model'
import { modelFeeds } from '../../src-main/speech/families/model-feeds'

const real = resolve('../shared/real')
const clock = { nowMilliseconds: () => performance.now() }
const context = {
  signal: { aborted: false },
  progress: () => undefined,
  records: () => undefined,
  breathe: () => Promise.resolve()
}
const backend = createOrtBackend()
const opened = await openModel(resolve(real, 'whisper-tiny-ctc'))
const description = requireDescription(opened)
const { model } = opened
const layers = locateLinearLayers(model).filter(({ role }) =>
  ['q', 'k', 'v', 'out', 'fc1', 'fc2'].includes(role)
)
const dataset = await openDataset(resolve(real, 'commands/dev.jsonl'))
const recognizer = await openSpeechModel(
  backend,
  description,
  { kind: 'file', path: opened.file },
  { threads: 1, clock }
)

const products = createBackendProducts(backend)
const factors = new Map<string, LowRankFactors>()
for (const layer of layers) {
  const weight = readWeight(model, layer)
  const options = { moments: undefined, damping: 0, products }
  const factorized = await lowRankMethodTable['weight-svd'].factorize(
    matrix(weight.in, weight.out, weight.data),
    options
  )
  factors.set(layerMatrix(layer), factorized)
}

/** Seconds of `work`, and of the processor: neighbours slow the first, not the second. */
async function seconds(work: () => Promise<unknown>): Promise<string> {
  const [start, processor] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(processor)
  return `${((performance.now() - start) / 1000).toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of the processor)`
}

const inputs = {
  model,
  layers,
  factors,
  recognizer,
  dataset,
  resampleToHz: undefined,
  rankMultiple: 1,
  backend,
  threads: 1
}
const runs = `${layers.length} layers, ${sensitivityRankShares.length} ranks, ${sensitivityUtterances} utterances`
console.log(`suffixes: ${await seconds(() => measureSensitivity(inputs, context))} for ${runs}`)

/** The same number of runs of whole rewritten models; half of break-even stands for all ranks. */
async function wholeModels(): Promise<void> {
  const utterances = dataset.utterances.slice(0, sensitivityUtterances)
  const feeds = []
  for (const utterance of utterances) {
    feeds.push(modelFeeds(description, await recognizer.computeInput(await dataset.audio(utterance))))
  }
  for (const layer of layers) {
    const rank = Math.floor(
      (layer.inFeatures * layer.outFeatures) / (layer.inFeatures + layer.outFeatures) / 2
    )
    for (let repeat = 0; repeat < sensitivityRankShares.length; repeat++) {
      const bytes = encodeModel(applyLowRank(model, [{ layer, rank }], factors))
      const session = await backend.open({ kind: 'bytes', bytes }, { threads: 1 })
      for (const feed of feeds) await session.run(feed, [description.outputName])
      await session.release()
    }
  }
}
console.log(`whole rewritten models: ${await seconds(wholeModels)}`)

const { macs } = countCosts(
  { model, sizeBytes: opened.sizeBytes, description, precision: 'float32', keepFloat: new Set() },
  'macs'
)
const shapes = timedShapes(layers, macs?.perNode ?? new Map())
const probe = {
  shapes,
  backend,
  clock,
  threads: 1,
  precision: 'float32',
  processor: cpus()[0]?.model ?? ''
} as const
await recognizer.release()
await products.release()
for (let repeat = 0; repeat < 3; repeat++) {
  const time = await seconds(async () => {
    const { rankMultiple, table } = await probeMachine(probe, context)
    const fastest = table.shapes.map(
      ({ inFeatures, outFeatures, rows, denseMilliseconds }) =>
        `[${rows}, ${inFeatures}] · [${inFeatures}, ${outFeatures}] ${denseMilliseconds.toFixed(2)} ms`
    )
    console.log(`tile ${rankMultiple}; ${fastest.join('; ')}`)
  })
  console.log(`probe: ${time}`)
}
