/** Which utterances a part of the demo consists of: data, drawn from a seed, before any sound is made. */
import { demoParts, type DemoPart } from '@contract/demo-speech'
import { createPrng, type Prng } from '../base/prng'
import { randomSentence } from './grammar'
import { noiseColours, type Noise } from './noise'
import type { Room } from './reverberation'
import { randomSpeaker, type Speaker } from './speakers'

export interface PlannedUtterance {
  /** Path without extension: `evaluation/0001`. */
  readonly id: string
  readonly text: string
  readonly speaker: Speaker
  readonly room: Room
  readonly noise: Noise
  /** Level of the loudest sample against full scale. */
  readonly peakDecibels: number
  /** Before and after the words, in which the room and the noise are heard. */
  readonly leadSeconds: number
  readonly tailSeconds: number
}

/** How many utterances each part has, and how loud their noise is: the difficulty of the demo is set here. */
export const partSettings: Readonly<Record<DemoPart, PartSettings>> = {
  training: { utterances: 6000, signalToNoiseDecibels: [0, 30] },
  development: { utterances: 120, signalToNoiseDecibels: [0, 25] },
  calibration: { utterances: 120, signalToNoiseDecibels: [0, 25] },
  evaluation: { utterances: 400, signalToNoiseDecibels: [0, 25] }
}

export interface PartSettings {
  readonly utterances: number
  /** Lowest and highest; uniform between them. */
  readonly signalToNoiseDecibels: readonly [number, number]
}

/** Generators of rooms and noises have 32 bits of state. */
const seeds = 2 ** 32

/**
 * The utterances of a part. A longer plan begins with the shorter one of the same seed, and the settings of one part change
 * nothing in another.
 */
export function planSpeech(
  part: DemoPart,
  seed: number,
  utterances = partSettings[part].utterances
): PlannedUtterance[] {
  const prng = createPrng(seed * demoParts.length + demoParts.indexOf(part))
  return Array.from({ length: utterances }, (_, index) => ({
    id: `${part}/${String(index + 1).padStart(4, '0')}`,
    text: randomSentence(prng),
    speaker: randomSpeaker(part, prng),
    room: {
      reverberationSeconds: between(prng, 0.1, 0.5),
      directToReverberantDecibels: between(prng, 0, 15),
      seed: prng.integer(seeds)
    },
    noise: {
      colour: noiseColours[prng.integer(noiseColours.length)] ?? 'white',
      signalToNoiseDecibels: between(prng, ...partSettings[part].signalToNoiseDecibels),
      seed: prng.integer(seeds)
    },
    peakDecibels: between(prng, -15, -2),
    leadSeconds: between(prng, 0.05, 0.15),
    tailSeconds: between(prng, 0.1, 0.2)
  }))
}

function between(prng: Prng, lowest: number, highest: number): number {
  return lowest + (highest - lowest) * prng.uniform()
}
