import { splitAtWhiteSpace } from '../character-classes'
import table from './british-spellings.generated.json' with { type: 'json' }

const americanSpellings: ReadonlyMap<string, string> = new Map(Object.entries(table.spellings))

/**
 * British spellings in the American way, word by word: `colour` becomes `color`. One space between words.
 *
 * The table is openai-whisper's, 1,739 entries, oddities included: `archaeology` gains a stray `</span>`,
 * `tranquilly` turns into `tranquility`. Correcting them would change scores that others can reproduce.
 *
 * Source: openai-whisper, `whisper/normalizers/english.json` (MIT, resources/licences/openai-whisper.txt), which
 * goes back to the list at tysto.com/uk-us-spelling-list.html.
 */
export function americanizeSpelling(text: string): string {
  return splitAtWhiteSpace(text)
    .map((word) => americanSpellings.get(word) ?? word)
    .join(' ')
}
