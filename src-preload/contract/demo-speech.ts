/** The demo's speech, as hosts ask for it and as they are told about it. */

/** Sets of the demo's speech. No speaker is in two of them. */
export const demoParts = ['training', 'development', 'calibration', 'evaluation'] as const
export type DemoPart = (typeof demoParts)[number]

/** The sets that Lathe carries; the training set is made when it is needed. */
export const shippedDemoParts = [
  'development',
  'calibration',
  'evaluation'
] as const satisfies readonly DemoPart[]

/** Seed of the sets that Lathe carries and of the training set that its demo model has heard. */
export const demoSeed = 1

/** A set that was made. */
export interface DemoSpeechSummary {
  readonly part: DemoPart
  readonly seed: number
  /** The NeMo manifest; the recordings are in a folder beside it. */
  readonly manifestPath: string
  readonly utterances: number
  readonly words: number
  readonly seconds: number
  readonly speakers: number
  /** As `espeak-ng --version` tells it. */
  readonly synthesizer: string
  /** What may make these files differ from those that Lathe carries. */
  readonly warnings: readonly string[]
}
