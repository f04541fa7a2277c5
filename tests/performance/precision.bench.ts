/**
 * Measures the number formats: one layer at one and at 500 rows, weight errors by block size, and a real model's size,
 * load time, peak memory, time for 10 seconds of audio and word errors. The numbers of docs/methods.md, "Number
 * formats". Not part of `npm test`; needs ../shared/real.
 *
 * Run: npx rolldown tests/performance/precision.bench.ts --platform node --tsconfig tsconfig.base.json \
 *   --external onnxruntime-node -d out/bench && npx node out/bench/precision.bench.js
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { precisions } from '../../src-preload/contract/recipe'
import { frontEndOutputs } from '../../src-main/compression/methods/int8-dynamic'
import { applyPrecision } from '../../src-main/compression/methods/precisions'
import { quantizeWeights } from '../../src-main/compression/methods/quantizable-weights'
import { quantizeBlocks } from '../../src-main/compression/methods/weight-only'
import { openDataset } from '../../src-main/engine/jobs/dataset'
import { openModel, requireDescription } from '../../src-main/engine/jobs/open-model'
import { peakResidentBytes } from '../../src-main/engine/peak-memory'
import {
  addWordErrors,
  alignWords,
  noWordErrors,
  splitWords,
  wordErrorRate
} from '../../src-main/evaluation/word-errors'
import type { Model } from '../../src-main/onnx/ir/model'
import { locateLinearLayers } from '../../src-main/onnx/linear-layer/locate-linear-layers'
import { readWeight } from '../../src-main/onnx/linear-layer/read-weight'
import { blockLayout, quantizeMatMulNBits } from '../../src-main/onnx/passes/quantize-matmul-nbits'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'
import type { ModelSource, RuntimeTensor } from '../../src-main/runtime/inference-backend'
import { createOrtBackend } from '../../src-main/runtime/ort/ort-backend'
import type { SpeechModelDescription } from '../../src-main/speech/families/family'
import { openSpeechModel } from '../../src-main/speech/families/open-speech-model'
import { blockedNodes, dequantized } from '../helpers/blocked-weights'
import { buildModel, randomFeed, randomTensor } from '../helpers/linear-models'

const real = resolve('../shared/real')
const backend = createOrtBackend()

/** The fastest of some runs: other programs on the machine only ever make runs slower. */
async function fastestRun(
  source: ModelSource,
  feeds: Record<string, RuntimeTensor>,
  runs: number
): Promise<number> {
  const session = await backend.open(source)
  let fastest = Infinity
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    await session.run(feeds)
    fastest = Math.min(fastest, performance.now() - start)
  }
  await session.release()
  return fastest
}

async function timeLayer(): Promise<void> {
  const [rows, columns] = [384, 1536]
  const float = buildModel((b) => {
    const w = b.initializer(randomTensor('w', [rows, columns], 1))
    b.output(b.node('MatMul', [b.input('x', 'float32', ['T', rows]), w], { outputs: ['y'] }), 'float32')
  })
  const variants = new Map<string, Model>(precisions.map((each) => [each, applyPrecision(float, each)]))
  for (const bits of [4, 8] as const) {
    const weights = quantizeWeights(float, new Set(), (weight) => quantizeBlocks(weight, bits))
    for (const arithmetic of ['float32', 'int8'] as const) {
      variants.set(`${bits} bits, ${arithmetic}`, quantizeMatMulNBits(float, weights, arithmetic).model)
    }
  }
  const fastest = new Map([...variants.keys()].map((name) => [name, { one: Infinity, many: Infinity }]))
  // They take turns: a slow moment of the machine hits all of them.
  for (let round = 0; round < 5; round++) {
    for (const [name, model] of variants) {
      const source = { kind: 'bytes', bytes: encodeModel(model) } as const
      const best = fastest.get(name)!
      best.one = Math.min(best.one, await fastestRun(source, { x: randomFeed([1, rows], 2) }, 100))
      best.many = Math.min(best.many, await fastestRun(source, { x: randomFeed([500, rows], 2) }, 20))
    }
  }
  console.log(`one layer [${rows}, ${columns}], 1 thread, fastest run in ms`)
  for (const [name, { one, many }] of fastest) {
    console.log(`  ${name.padEnd(20)} 1 row ${one.toFixed(3)}, 500 rows ${many.toFixed(2)}`)
  }
}

/** ‖Ŵ − W‖ ÷ ‖W‖ over all linear layers. Symmetric: the zero point in the middle of the range. */
function weightErrors(model: Model): void {
  const layers = locateLinearLayers(model).filter(({ operator }) => operator === 'MatMul')
  console.log('relative weight error of whisper-tiny-ctc, bytes a weight')
  for (const bits of [4, 8] as const) {
    for (const blockSize of [16, 32, 64, 128]) {
      const sums = { symmetric: 0, asymmetric: 0, all: 0, bytes: 0, count: 0 }
      for (const layer of layers) {
        const { in: rows, out, data } = readWeight(model, layer)
        const { blocks, valueBytes, zeroPointBytes } = blockLayout(rows, bits, blockSize)
        sums.bytes += out * (valueBytes + 4 * blocks + zeroPointBytes)
        sums.count += data.length
        for (let j = 0; j < out; j++) {
          for (let from = 0; from < rows; from += blockSize) {
            const values = Array.from(
              { length: Math.min(blockSize, rows - from) },
              (_, k) => data[(from + k) * out + j]!
            )
            const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)]
            const half = Math.max(-low, high) / (2 ** (bits - 1) - 1)
            const whole = (high - low) / (2 ** bits - 1)
            for (const value of values) {
              sums.all += value ** 2
              sums.symmetric += (Math.round(value / half) * half - value) ** 2
              sums.asymmetric += (Math.round(value / whole) * whole - value) ** 2
            }
          }
        }
      }
      const percent = (error: number) => `${(100 * Math.sqrt(error / sums.all)).toFixed(2)} %`
      console.log(
        `  ${bits} bits, blocks of ${blockSize}: symmetric ${percent(sums.symmetric)}, asymmetric ${percent(sums.asymmetric)}, ${(sums.bytes / sums.count).toFixed(3)} bytes`
      )
    }
    // What is really stored, as a check on the sums above.
    const stored = applyPrecision(model, bits === 4 ? 'int4-weights' : 'int8-weights')
    let [error, all] = [0, 0]
    blockedNodes(stored).forEach((node, index) => {
      const { weight } = dequantized(stored, node)
      const { data } = readWeight(model, layers[index]!)
      weight.forEach((value, i) => {
        error += (value - data[i]!) ** 2
        all += data[i]! ** 2
      })
    })
    console.log(`  ${bits} bits as stored: ${(100 * Math.sqrt(error / all)).toFixed(2)} %`)
  }
}

const tenSeconds = { input_features: randomFeed([1, 80, 1000], 1) }

interface FileTiming {
  readonly loadMilliseconds: number
  readonly runMilliseconds: number
  readonly peakMebibytes: number
}

/** Prints the timing of one file, in a process of its own, so that its peak memory is that of this model alone. */
async function timeFile(path: string): Promise<void> {
  const source = { kind: 'file', path } as const
  const before = peakResidentBytes()
  const runMilliseconds = await fastestRun(source, tenSeconds, 15)
  const peakMebibytes = (peakResidentBytes() - before) / 2 ** 20
  let loadMilliseconds = Infinity
  for (let time = 0; time < 5; time++) {
    const start = performance.now()
    const session = await backend.open(source)
    loadMilliseconds = Math.min(loadMilliseconds, performance.now() - start)
    await session.release()
  }
  const timing: FileTiming = { loadMilliseconds, runMilliseconds, peakMebibytes }
  console.log(JSON.stringify(timing))
}

/** The least of three rounds, in which the formats take turns: a slow minute hits all of them. */
function timeFiles(paths: readonly string[]): FileTiming[] {
  const rounds = Array.from({ length: 3 }, () =>
    paths.map((path) => {
      const output = execFileSync(process.execPath, [process.argv[1]!, path], { encoding: 'utf8' })
      return JSON.parse(output) as FileTiming
    })
  )
  return paths.map((_, index) => {
    const least = (pick: (timing: FileTiming) => number) =>
      Math.min(...rounds.map((round) => pick(round[index]!)))
    return {
      loadMilliseconds: least((timing) => timing.loadMilliseconds),
      runMilliseconds: least((timing) => timing.runMilliseconds),
      peakMebibytes: least((timing) => timing.peakMebibytes)
    }
  })
}

async function measureModel(): Promise<void> {
  const opened = await openModel(join(real, 'whisper-tiny-ctc'))
  weightErrors(opened.model)
  const folder = mkdtempSync(join(tmpdir(), 'lathe-precision-'))
  try {
    const paths = precisions.map((precision) => join(folder, `${precision}.onnx`))
    const frontEnd = frontEndOutputs(locateLinearLayers(opened.model))
    precisions.forEach((precision, index) => {
      writeFileSync(paths[index]!, encodeModel(applyPrecision(opened.model, precision, frontEnd)))
    })
    const timings = timeFiles(paths)
    console.log('whisper-tiny-ctc, 1 thread, commands/eval')
    for (const [index, precision] of precisions.entries()) {
      const { loadMilliseconds, runMilliseconds, peakMebibytes } = timings[index]!
      const rate = await errorRate(requireDescription(opened), paths[index]!)
      console.log(
        `  ${precision.padEnd(14)} ${(statSync(paths[index]!).size / 1e6).toFixed(2)} MB, load ${loadMilliseconds.toFixed(0)} ms, ` +
          `10 s of audio ${runMilliseconds.toFixed(1)} ms, peak memory +${peakMebibytes.toFixed(0)} MiB, ${(100 * rate).toFixed(2)} % WER`
      )
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function errorRate(description: SpeechModelDescription, path: string): Promise<number> {
  const dataset = await openDataset(join(real, 'commands/eval.jsonl'))
  const clock = { nowMilliseconds: () => performance.now() }
  const source = { kind: 'file', path } as const
  const recognizer = await openSpeechModel(backend, description, source, { threads: 1, clock })
  let errors = noWordErrors
  for (const utterance of dataset.utterances) {
    const { interpretation } = await recognizer.recognize(await dataset.audio(utterance))
    const heard = interpretation.kind === 'text' ? interpretation.text : ''
    errors = addWordErrors(errors, alignWords(splitWords(utterance.text), splitWords(heard)))
  }
  await recognizer.release()
  return wordErrorRate(errors)
}

const [, , file] = process.argv
if (file === undefined) {
  await timeLayer()
  await measureModel()
} else await timeFile(file)
