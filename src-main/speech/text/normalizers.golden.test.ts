import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { normalizeBasic } from './basic-normalizer'
import { normalizeWhisperEnglish } from './whisper-english/whisper-english-normalizer'

// Outputs of the original normalizers and the script that called them: tests/fixtures/speech/normalizers/generate.py.
interface Golden {
  /** Text, output; 0 stands for "as the column before". */
  readonly english: readonly (readonly [string, string | 0])[]
  /** Text, output, output without diacritics. */
  readonly basic: readonly (readonly [string, string | 0, string | 0])[]
}

const goldenFile = resolve(import.meta.dirname, '../../../tests/fixtures/speech/normalizers/whisper.json')
const golden = JSON.parse(readFileSync(goldenFile, 'utf8')) as Golden

/** Disagreements as readable lines, so that a failure shows them all. */
function disagreements<Row extends readonly unknown[]>(
  rows: readonly Row[],
  check: (row: Row) => { text: string; expected: string; actual: string }
): string[] {
  return rows
    .map(check)
    .filter(({ expected, actual }) => expected !== actual)
    .map((pair) => JSON.stringify(pair))
}

describe('the original Whisper normalizers, on seeded sentences', () => {
  it('are matched by whisper-english, character by character', () => {
    expect(golden.english.length).toBeGreaterThanOrEqual(2400)
    const wrong = disagreements(golden.english, ([text, output]) => ({
      text,
      expected: output === 0 ? text : output,
      actual: normalizeWhisperEnglish(text)
    }))
    expect(wrong).toEqual([])
  })

  it('are matched by basic, with and without diacritics', () => {
    expect(golden.basic.length).toBeGreaterThanOrEqual(800)
    const kept = disagreements(golden.basic, ([text, output]) => ({
      text,
      expected: output === 0 ? text : output,
      actual: normalizeBasic(text)
    }))
    const removed = disagreements(golden.basic, ([text, output, plain]) => ({
      text,
      expected: plain !== 0 ? plain : output !== 0 ? output : text,
      actual: normalizeBasic(text, { removeDiacritics: true })
    }))
    expect(kept).toEqual([])
    expect(removed).toEqual([])
  })
})
