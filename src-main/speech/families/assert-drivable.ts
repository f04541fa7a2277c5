import { WorkbenchError } from '@contract/errors'
import { assertFrontEndSize } from '../features/front-end'
import type { DrivenModel } from './family'

/** Above every rate at which speech is recorded. */
const highestRateHz = 384_000

/** No speech model hears more at once, or is padded to more; the arrays that it is fed are as long. */
const longestSeconds = 3600

/**
 * Refuses a description by which arrays would be made that no machine holds. Its numbers come out of files that anybody may
 * have written, and audio of a second is padded to whatever they say.
 *
 * @throws WorkbenchError `unsupported-model` naming the number.
 */
export function assertDrivable(description: DrivenModel): void {
  const { name, sampleRateHz, padToMultipleOfSamples, minimumSamples } = description
  assertFrontEndSize(description.frontEnd)
  const mostSamples = longestSeconds * highestRateHz
  const limits: readonly (readonly [what: string, value: number, most: number])[] = [
    ['a sample rate in hertz', sampleRateHz, highestRateHz],
    ['a multiple of samples to pad to', padToMultipleOfSamples, mostSamples],
    ['a least number of samples', minimumSamples, mostSamples]
  ]
  for (const [what, value, most] of limits) {
    if (value >= 1 && value <= most) continue
    throw new WorkbenchError(
      'unsupported-model',
      `'${name}' is described with ${what} of ${value}, expected 1 to ${most}; correct its configuration.`
    )
  }
}
