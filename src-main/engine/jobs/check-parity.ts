import { WorkbenchError } from '@contract/errors'
import type { Parity } from '@contract/trial'
import { addOutputs, noParity, parityOf } from '../../evaluation/parity'
import type { Audio } from '../../speech/audio/audio'
import type { FloatTensor } from '../../speech/families/family'
import { namingNonFinite, type SuspectModel } from './name-non-finite'

/**
 * Full-rank factors reproduce the weight but for float32 rounding, which a deep network amplifies to some 1e-5 of its
 * largest logit; a wrong factor is off by the order of 1. A thousandth separates the two.
 */
export const fullRankTolerance = 1e-3

/** Utterances that parity is checked on: enough to meet different lengths, few enough to cost nothing. */
export const parityUtterances = 3

/** Outputs of the original model on real audio, kept to compare every candidate with. */
export interface ParityReference {
  readonly audios: readonly Audio[]
  readonly logits: readonly Float32Array[]
}

/** @throws WorkbenchError `numerical` naming the layer when an output is not finite. */
export async function recordParityReference(
  original: SuspectModel,
  audios: readonly Audio[]
): Promise<ParityReference> {
  const logits: Float32Array[] = []
  for (const audio of audios) {
    const output = await namingNonFinite(original, audio, async () => {
      const { data } = await outputOf(original, audio)
      if (data.every(Number.isFinite)) return data
      throw new WorkbenchError('numerical', 'The model to compress gives values that are not finite.')
    })
    logits.push(output)
  }
  return { audios, logits }
}

async function outputOf({ recognizer }: SuspectModel, audio: Audio): Promise<FloatTensor> {
  return recognizer.computeOutput(await recognizer.computeInput(audio))
}

/**
 * Compares a candidate's outputs with the original's.
 *
 * @throws WorkbenchError `numerical` naming the layer when an output is not finite, or when the tolerance is exceeded.
 */
export async function checkParity(
  candidate: SuspectModel,
  { audios, logits }: ParityReference,
  comparison: Parity['comparison']
): Promise<Parity> {
  let sums = noParity
  for (const [index, audio] of audios.entries()) {
    sums = await namingNonFinite(candidate, audio, async () => {
      const added = addOutputs(sums, logits[index]!, (await outputOf(candidate, audio)).data)
      if (added.finite) return added
      throw new WorkbenchError(
        'numerical',
        'The compressed model gives values that are not finite; it was not measured.'
      )
    })
  }
  const merged = parityOf(sums)
  const tolerance = comparison === 'full-rank' ? fullRankTolerance : null
  if (tolerance !== null && !(merged.maxRelativeError <= tolerance)) {
    throw new WorkbenchError(
      'numerical',
      `At full rank the model differs from the original by ${merged.maxRelativeError.toExponential(2)} of its largest output, expected at most ${tolerance}; it was not measured.`
    )
  }
  return {
    comparison,
    utterances: audios.length,
    maxAbsoluteError: merged.maxAbsoluteError,
    maxRelativeError: merged.maxRelativeError,
    cosineSimilarity: merged.cosineSimilarity,
    tolerance
  }
}
