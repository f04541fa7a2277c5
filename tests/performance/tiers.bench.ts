/**
 * Measures what makes a network faster besides rank: attention in one operator and int8 convolutions, by the length of the
 * audio. Processor time of ../shared/real/whisper-tiny-ctc, one thread, forms taking turns, their fastest quarter of 12 runs;
 * ratios to the form before. The numbers of docs/methods.md, "Attention in one operator". Not part of `npm test`.
 *
 * Run: npx rolldown tests/performance/tiers.bench.ts --platform node --tsconfig tsconfig.base.json \
 *   --external onnxruntime-node -d out/bench && npx node out/bench/tiers.bench.js [model.onnx ...]
 *
 * Models that are given, such as a low-rank one, are measured as they are and with their attention fused.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { applyPrecision } from '../../src-main/compression/methods/precisions'
import type { Model } from '../../src-main/onnx/ir/model'
import { fuseAttention } from '../../src-main/onnx/passes/fuse-attention'
import { decodeModel } from '../../src-main/onnx/serde/decode-model'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'
import { createOrtBackend } from '../../src-main/runtime/ort/ort-backend'
import { randomFeed } from '../helpers/linear-models'

const runs = 12
const backend = createOrtBackend()
const read = (file: string) => decodeModel(readFileSync(file))
const original = read(resolve('../shared/real/whisper-tiny-ctc/model.onnx'))
const int8 = applyPrecision(original, 'int8')
const convolutions = applyPrecision(original, 'int8-convolutions')

const bases: readonly (readonly [name: string, model: Model])[] = [
  ['float32', original],
  ['int8', int8],
  ['int8-convolutions', convolutions],
  ...process.argv.slice(2).map((file): [string, Model] => [file, read(file)])
]
const forms = bases.flatMap(([name, model]) => [
  { name, model },
  { name: `${name}, fused`, model: fuseAttention(model).model }
])
const sessions = await Promise.all(
  forms.map(({ model }) => backend.open({ kind: 'bytes', bytes: encodeModel(model) }))
)

function processorMilliseconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

for (const seconds of [2, 4, 10, 30]) {
  const feeds = { input_features: randomFeed([1, 80, 100 * seconds], 1) }
  const times = forms.map((): number[] => [])
  for (let run = 0; run <= runs; run++) {
    for (const [which, session] of sessions.entries()) {
      const start = processorMilliseconds()
      await session.run(feeds)
      // The first run lays out memory.
      if (run > 0) times[which]!.push(processorMilliseconds() - start)
    }
  }
  const fast = times.map((each) => each.sort((a, b) => a - b)[Math.floor(runs / 4)]!)
  console.log(`\n${seconds} s of audio`)
  for (const [which, { name }] of forms.entries()) {
    const before = which % 2 === 1 ? fast[which - 1]! : fast[0]!
    const ratio = `${(before / fast[which]!).toFixed(2)} x ${which % 2 === 1 ? 'its plain form' : 'float32'}`
    console.log(`${name.padEnd(44)} ${fast[which]!.toFixed(1).padStart(7)} ms  ${ratio}`)
  }
}
for (const session of sessions) await session.release()
