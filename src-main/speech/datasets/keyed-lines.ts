import { WorkbenchError } from '@contract/errors'

/** A line of a text file that begins with a key, as Kaldi's tables and LibriSpeech's transcripts do. */
export interface KeyedLine {
  readonly key: string
  /** What follows the key, trimmed; may be empty. */
  readonly value: string
  /** Worded for the head of a sentence: `Line 3 of text`. */
  readonly where: string
}

/**
 * Lines by their key, in order; blank lines are skipped.
 *
 * @throws WorkbenchError `invalid-input` when a key occurs twice, naming both lines.
 */
export function readKeyedLines(text: string, fileName: string): Map<string, KeyedLine> {
  const lines = new Map<string, KeyedLine>()
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .forEach((line, index) => {
      // Every part takes what is left without going back: a line may be a million spaces long.
      const [, key, value = ''] = /^\s*(\S+)\s*([^]*)$/.exec(line.trimEnd()) ?? []
      if (key === undefined) return
      const where = `Line ${index + 1} of ${fileName}`
      const earlier = lines.get(key)
      if (earlier !== undefined) {
        throw new WorkbenchError(
          'invalid-input',
          `${where} repeats '${key}' (first: ${earlier.where}); remove one of them.`
        )
      }
      lines.set(key, { key, value, where })
    })
  return lines
}
