/**
 * Contractions and abbreviated titles of English, written out.
 * Source: openai-whisper `EnglishTextNormalizer`. The order matters: a later entry sees what an earlier one wrote.
 */
import { wordEnd, wordStart } from '../character-classes'

/** Replaced where they stand alone. */
const wholeWords: Readonly<Record<string, string>> = {
  "won't": 'will not',
  "can't": 'can not',
  "let's": 'let us',
  "ain't": 'aint',
  "y'all": 'you all',
  wanna: 'want to',
  gotta: 'got to',
  gonna: 'going to',
  "i'ma": 'i am going to',
  imma: 'i am going to',
  woulda: 'would have',
  coulda: 'could have',
  shoulda: 'should have',
  "ma'am": 'madam'
}

/** Replaced where they stand alone, with a space behind for titles written without one: `mr.smith`. */
const titles: Readonly<Record<string, string>> = {
  mr: 'mister',
  mrs: 'missus',
  st: 'saint',
  dr: 'doctor',
  prof: 'professor',
  capt: 'captain',
  gov: 'governor',
  ald: 'alderman',
  gen: 'general',
  sen: 'senator',
  rep: 'representative',
  pres: 'president',
  rev: 'reverend',
  hon: 'honorable',
  asst: 'assistant',
  assoc: 'associate',
  lt: 'lieutenant',
  col: 'colonel',
  jr: 'junior',
  sr: 'senior',
  esq: 'esquire'
}

/** Replaced at the end of a word. Perfect tenses first: `she's been` is not `she is been`. */
const endings: Readonly<Record<string, string>> = {
  "'d been": 'had been',
  "'s been": 'has been',
  "'d gone": 'had gone',
  "'s gone": 'has gone',
  "'d done": 'had done',
  "'s got": 'has got',
  "n't": 'not',
  "'re": 'are',
  "'s": 'is',
  "'d": 'would',
  "'ll": 'will',
  "'t": 'not',
  "'ve": 'have',
  "'m": 'am'
}

interface Replacement {
  readonly pattern: RegExp
  readonly text: string
}

const replacements: readonly Replacement[] = [
  ...Object.entries(wholeWords).map(([word, text]) => ({
    pattern: new RegExp(wordStart + word + wordEnd, 'gu'),
    text
  })),
  ...Object.entries(titles).map(([word, title]) => ({
    pattern: new RegExp(wordStart + word + wordEnd, 'gu'),
    text: `${title} `
  })),
  ...Object.entries(endings).map(([ending, word]) => ({
    pattern: new RegExp(ending + wordEnd, 'gu'),
    text: ` ${word}`
  }))
]

/** Lower-case text with ASCII apostrophes in, text without contractions out: `he's` becomes `he is`. */
export function expandContractions(text: string): string {
  return replacements.reduce((expanded, { pattern, text }) => expanded.replace(pattern, text), text)
}
