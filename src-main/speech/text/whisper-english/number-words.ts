/**
 * The words that spoken English numbers are made of.
 * Source: openai-whisper `EnglishNumberNormalizer`.
 */

/** A unit is one to nineteen. A suffix (`s`, `st`, `nd`, `rd`, `th`) closes the number: `fifties`, `third`. */
export interface CountingWord {
  readonly kind: 'unit' | 'ten' | 'multiplier'
  readonly value: bigint
  readonly suffix: string
}

/** Part of a number only if one may follow. */
export type ConnectiveWord =
  { readonly kind: 'and' | 'point' } | { readonly kind: 'repeat'; readonly times: number }

export type NumberWord =
  | CountingWord
  | ConnectiveWord
  | { readonly kind: 'zero' | 'percent' | 'per' }
  /** Written in front of the number that follows (sign) or precedes (currency). */
  | { readonly kind: 'sign' | 'currency'; readonly symbol: string }

type Entry = readonly [word: string, meaning: NumberWord]

const unitNames = [
  ...['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'],
  ...['thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen']
]
const irregularOrdinals: Readonly<Record<string, readonly [word: string, suffix: string]>> = {
  one: ['first', 'st'],
  two: ['second', 'nd'],
  three: ['third', 'rd'],
  five: ['fifth', 'th'],
  eight: ['eighth', 'th'],
  twelve: ['twelfth', 'th']
}
const tenNames = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
/** 1000, 1000², ... 1000¹¹. */
const powersOfThousand = [
  ...['thousand', 'million', 'billion', 'trillion', 'quadrillion', 'quintillion', 'sextillion'],
  ...['septillion', 'octillion', 'nonillion', 'decillion']
]

function units(): Entry[] {
  return unitNames.flatMap((name, index) => {
    const value = BigInt(index + 1)
    // `nineth` and not `ninth`: the original appends the ending without dropping the e.
    const [ordinal, ordinalSuffix] = irregularOrdinals[name] ?? [`${name}th`, 'th']
    const plural = name === 'six' ? 'sixes' : `${name}s`
    return [
      [name, { kind: 'unit', value, suffix: '' }],
      [plural, { kind: 'unit', value, suffix: 's' }],
      [ordinal, { kind: 'unit', value, suffix: ordinalSuffix }]
    ] satisfies Entry[]
  })
}

function tens(): Entry[] {
  return tenNames.flatMap((name, index) => {
    const value = BigInt(10 * (index + 2))
    return [
      [name, { kind: 'ten', value, suffix: '' }],
      [name.replace('y', 'ies'), { kind: 'ten', value, suffix: 's' }],
      [name.replace('y', 'ieth'), { kind: 'ten', value, suffix: 'th' }]
    ] satisfies Entry[]
  })
}

function multipliers(): Entry[] {
  const scales = powersOfThousand.map((name, index) => [name, 1000n ** BigInt(index + 1)] as const)
  return [['hundred', 100n] as const, ...scales].flatMap(
    ([name, value]) =>
      [
        [name, { kind: 'multiplier', value, suffix: '' }],
        [`${name}s`, { kind: 'multiplier', value, suffix: 's' }],
        [`${name}th`, { kind: 'multiplier', value, suffix: 'th' }]
      ] satisfies Entry[]
  )
}

function symbols(kind: 'sign' | 'currency', words: Readonly<Record<string, string>>): Entry[] {
  return Object.entries(words).map(([word, symbol]) => [word, { kind, symbol }])
}

/** Every word that can be part of a number, in lower case. */
export const numberWords: ReadonlyMap<string, NumberWord> = new Map<string, NumberWord>([
  ['o', { kind: 'zero' }],
  ['oh', { kind: 'zero' }],
  ['zero', { kind: 'zero' }],
  ['zeroth', { kind: 'unit', value: 0n, suffix: 'th' }],
  ...units(),
  ...tens(),
  ...multipliers(),
  ...symbols('sign', { minus: '-', negative: '-', plus: '+', positive: '+' }),
  ...symbols('currency', { pound: '£', pounds: '£', euro: '€', euros: '€' }),
  ...symbols('currency', { dollar: '$', dollars: '$', cent: '¢', cents: '¢' }),
  ['percent', { kind: 'percent' }],
  ['per', { kind: 'per' }],
  ['and', { kind: 'and' }],
  ['point', { kind: 'point' }],
  ['double', { kind: 'repeat', times: 2 }],
  ['triple', { kind: 'repeat', times: 3 }]
])

/** Whether a word is a whole number by itself, without a suffix: `oh`, `twelve`, `forty`, `million`. */
export function isPlainNumber(word: NumberWord | undefined): boolean {
  return isDigitWord(word) || isPlain(word, 'multiplier')
}

/** Whether a word can follow `point`: zero, one to nineteen and the tens. */
export function isDigitWord(word: NumberWord | undefined): boolean {
  return word?.kind === 'zero' || isPlain(word, 'unit') || isPlain(word, 'ten')
}

/** Whether a word is of that kind and has no suffix. */
export function isPlain(word: NumberWord | undefined, kind: CountingWord['kind']): boolean {
  return word?.kind === kind && 'suffix' in word && word.suffix === ''
}
