/** Everything that ever failed, kept so that it is tried in every run. */
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export interface CorpusCase {
  /** The file's name, which says what was wrong. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** The files of one kind. What each did before it was mended is told in corpus/README.md. */
export function corpusOf(kind: 'models' | 'text'): readonly CorpusCase[] {
  const folder = resolve(import.meta.dirname, '../corpus', kind)
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(resolve(folder, name))) }))
}
