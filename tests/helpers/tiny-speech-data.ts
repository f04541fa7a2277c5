/** Sound and manifests for the tiny speech model: seeded tones in noise with arbitrary words as references. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createPrng, type Prng } from '../../src-main/base/prng'
import { tinySampleRateHz } from './tiny-speech-model'
import { encodeWav } from './wav-file'

export interface TinyDataOptions {
  readonly utterances: number
  readonly seed: number
  /** Shortest and longest recording. */
  readonly seconds?: readonly [number, number]
}

/** One line of a NeMo manifest. */
export interface ManifestLine {
  readonly audio_filepath: string
  readonly duration: number
  readonly text: string
  readonly speaker?: string
}

/** What the tiny model can say. */
const words = ['a', 'b', 'c', 'd', 'ab', 'cd', 'da', 'bad']

/**
 * Writes recordings into a folder named like the manifest, beside it, and the manifest; returns the manifest's path.
 * The same options give the same bytes.
 */
export function writeTinyData(manifestPath: string, options: TinyDataOptions): string {
  const prng = createPrng(options.seed)
  const [shortest, longest] = options.seconds ?? [0.5, 1.5]
  const name = basename(manifestPath, '.jsonl')
  mkdirSync(join(dirname(manifestPath), name), { recursive: true })
  const lines = Array.from({ length: options.utterances }, (_, index): ManifestLine => {
    const samples = tinySound(
      prng,
      Math.round((shortest + prng.uniform() * (longest - shortest)) * 1000) / 1000
    )
    const file = `${name}/${String(index).padStart(3, '0')}.wav`
    writeFileSync(join(dirname(manifestPath), file), encodeWav(samples, tinySampleRateHz))
    return {
      audio_filepath: file,
      duration: samples.length / tinySampleRateHz,
      text: Array.from({ length: 4 + prng.integer(8) }, () => words[prng.integer(words.length)]).join(' '),
      speaker: `speaker-${index % 3}`
    }
  })
  writeManifest(manifestPath, lines)
  return manifestPath
}

export function writeManifest(manifestPath: string, lines: readonly ManifestLine[]): void {
  writeFileSync(manifestPath, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/** A few tones one after the other, in noise. */
export function tinySound(prng: Prng, seconds: number): Float32Array {
  const samples = new Float32Array(Math.round(seconds * tinySampleRateHz))
  const toneSamples = Math.round(0.12 * tinySampleRateHz)
  let hertz = 0
  return samples.map((_, t) => {
    if (t % toneSamples === 0) hertz = 150 + 3000 * prng.uniform()
    return 0.4 * Math.sin((2 * Math.PI * hertz * t) / tinySampleRateHz) + 0.05 * prng.normal()
  })
}
