/**
 * Text normalizers, by name. What a normalizer does never changes under its version: a word error rate is only
 * comparable with another one that was counted after the same normalizer, so records keep both.
 */
import { WorkbenchError } from '@contract/errors'
import { normalizeBasic } from './basic-normalizer'
import { normalizeWhisperEnglish } from './whisper-english/whisper-english-normalizer'

export interface TextNormalizer {
  readonly name: string
  /** Raised by any change that can alter an output. */
  readonly version: number
  /** Takes a raw transcript. Only `whisper-english` may change its own output again. */
  normalize(text: string): string
}

/** Runs of white space become one space; none is left at either end. */
export function collapseWhiteSpace(text: string): string {
  return text.trim().replace(/\s+/gu, ' ')
}

const normalizers = [
  { name: 'none', version: 1, normalize: collapseWhiteSpace },
  { name: 'basic', version: 1, normalize: (text: string) => normalizeBasic(text) },
  { name: 'whisper-english', version: 1, normalize: normalizeWhisperEnglish }
] as const satisfies readonly TextNormalizer[]

export type NormalizerName = (typeof normalizers)[number]['name']

export const normalizerNames: readonly NormalizerName[] = normalizers.map(({ name }) => name)

/** @throws WorkbenchError `invalid-input` for a name that is not in the table. */
export function findNormalizer(name: string): TextNormalizer {
  const found = normalizers.find((normalizer) => normalizer.name === name)
  if (found === undefined) {
    throw new WorkbenchError(
      'invalid-input',
      `There is no text normalizer '${name}', expected one of: ${normalizerNames.join(', ')}.`
    )
  }
  return found
}
