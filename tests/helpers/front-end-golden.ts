/** Golden features of tests/fixtures/speech/generate_front_ends.py, and running the graphs that must equal them. */
import { readFileSync } from 'node:fs'
import type { Model } from '../../src-main/onnx/ir/model'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'
import type { RuntimeTensor } from '../../src-main/runtime/inference-backend'
import { createOrtBackend } from '../../src-main/runtime/ort/ort-backend'

interface GoldenFile {
  readonly cases: readonly {
    readonly name: string
    /** sample = pcm · 2^(exponent - 15) */
    readonly exponent: number
    readonly pcm: string
    readonly features: readonly {
      readonly variant: string
      readonly shape: readonly number[]
      readonly values: string
    }[]
  }[]
}

export interface GoldenFeatures {
  readonly signal: string
  readonly variant: string
  readonly samples: Float32Array
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Every signal with every variant of features in a file of tests/fixtures/speech. */
export function readGoldenFeatures(fileName: string): GoldenFeatures[] {
  const url = new URL(`../fixtures/speech/${fileName}`, import.meta.url)
  const { cases } = JSON.parse(readFileSync(url, 'utf8')) as GoldenFile
  return cases.flatMap(({ name, exponent, pcm, features }) => {
    const samples = Float32Array.from(
      new Int16Array(decodeBase64(pcm)),
      (count) => count * 2 ** (exponent - 15)
    )
    return features.map(({ variant, shape, values }) => ({
      signal: name,
      variant,
      samples,
      shape,
      values: new Float32Array(decodeBase64(values))
    }))
  })
}

function decodeBase64(text: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(text, 'base64')).buffer
}

/** The `features` of a front end for one waveform. */
export async function runFrontEnd(
  model: Model,
  samples: Float32Array
): Promise<Extract<RuntimeTensor, { dataType: 'float32' }>> {
  const session = await createOrtBackend().open({ kind: 'bytes', bytes: encodeModel(model) })
  try {
    const { features } = await session.run({
      waveform: { dataType: 'float32', dims: [1, samples.length], data: samples }
    })
    if (features?.dataType !== 'float32') throw new Error('expected float32 features')
    return features
  } finally {
    await session.release()
  }
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0)
}
