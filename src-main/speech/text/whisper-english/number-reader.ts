import { digit } from '../character-classes'
import { appendText, joinTen, joinUnit, scale, wholeProduct, type NumberValue } from './number-value'
import {
  isDigitWord,
  isPlain,
  numberWords,
  type ConnectiveWord,
  type CountingWord,
  type NumberWord
} from './number-words'

const numeral = new RegExp(`^([-+£€$¢]?)(${digit}+(?:\\.${digit}+)?)$`, 'u')
const unsignedNumeral = new RegExp(`^${digit}+(?:\\.${digit}+)?$`, 'u')

/** A word with its neighbours; `undefined` beyond either end. */
interface Position {
  readonly text: string
  readonly previous: NumberWord | undefined
  readonly nextText: string | undefined
  readonly next: NumberWord | undefined
}

/**
 * Writes the numbers among the words with digits: `two hundred and five dollars` becomes `$205`.
 *
 * Other words pass unchanged. A number may come out as the original's state machine leaves it, however odd:
 * `three point million` is `3000000`, `negative and five` is `-and 5`.
 *
 * Source: openai-whisper `EnglishNumberNormalizer.process_words`, own formulation, docs/numerics.md#text-normalizers.
 */
export function readNumbers(words: readonly string[]): string[] {
  const reader = new NumberReader()
  for (let at = 0; at < words.length;) {
    const nextText = words[at + 1]
    at += reader.take({
      text: words[at]!,
      previous: at === 0 ? undefined : numberWords.get(words[at - 1]!),
      nextText,
      next: nextText === undefined ? undefined : numberWords.get(nextText)
    })
  }
  return reader.finish()
}

class NumberReader {
  private readonly output: string[] = []
  /** Written in front of the next thing that is put out, whatever that is. */
  private prefix = ''
  private value: NumberValue | undefined

  /** Takes one word, or two where the second belongs to the first, and returns how many. */
  take(position: Position): number {
    const match = numeral.exec(position.text)
    if (match !== null) {
      this.takeNumeral(match[1]!, match[2]!)
      return 1
    }
    const word = numberWords.get(position.text)
    if (word === undefined) {
      this.pass(position.text)
      return 1
    }
    switch (word.kind) {
      case 'zero':
        this.value = appendText(this.value, '0')
        return 1
      case 'unit':
      case 'ten':
      case 'multiplier':
        this.takeNumber(word, position.previous)
        return 1
      case 'sign':
        this.takeSign(word.symbol, position)
        return 1
      case 'currency':
        if (this.value !== undefined) this.prefix = word.symbol
        this.putValueOr(position.text)
        return 1
      case 'percent':
      case 'per':
        return this.takePercent(word.kind, position)
      case 'and':
      case 'point':
      case 'repeat':
        return this.takeConnective(word, position)
    }
  }

  /** What is left of an unfinished number, and everything before it. */
  finish(): string[] {
    this.putValue()
    return this.output
  }

  private takeNumeral(prefix: string, digits: string): void {
    if (typeof this.value === 'string' && this.value.endsWith('.')) {
      this.value += prefix + digits
      return
    }
    this.putValue()
    if (prefix !== '') this.prefix = prefix
    this.value = wholeProduct(digits, 1n) ?? digits
  }

  private takeNumber({ kind, value, suffix }: CountingWord, previous: NumberWord | undefined): void {
    let joined: NumberValue
    if (kind === 'unit') {
      const preceding = { isUnit: isPlain(previous, 'unit'), isTen: isPlain(previous, 'ten') }
      joined = joinUnit(this.value, value, preceding)
    } else if (kind === 'ten') joined = joinTen(this.value, value)
    else joined = this.multiplied(value)

    if (suffix === '') this.value = joined
    else this.put(`${joined}${suffix}`)
  }

  /** A multiplier that does not fit the number so far begins the next one. */
  private multiplied(multiplier: bigint): bigint {
    const product = this.value === undefined ? undefined : scale(this.value, multiplier)
    if (product === undefined) this.putValue()
    return product ?? multiplier
  }

  /** `minus`, `plus` ...: a sign in front of a number, a word anywhere else. */
  private takeSign(symbol: string, position: Position): void {
    this.putValue()
    if (mayBeNumber(position)) this.prefix = symbol
    else this.put(position.text)
  }

  private takePercent(kind: 'percent' | 'per', { text, nextText }: Position): number {
    const isPercent = kind === 'percent' || nextText === 'cent'
    if (this.value === undefined || !isPercent) {
      this.pass(text)
      return 1
    }
    this.put(`${this.value}%`)
    return kind === 'percent' ? 1 : 2
  }

  private takeConnective(word: ConnectiveWord, position: Position): number {
    const { text, previous, next } = position
    if (!mayBeNumber(position)) {
      this.pass(text)
      return 1
    }
    switch (word.kind) {
      case 'and':
        if (!isPlain(previous, 'multiplier')) this.pass(text)
        return 1
      case 'point':
        // Before `hundred`, `dollars` ... the original drops the word.
        if (isDigitWord(next) || isNumeral(position.nextText)) this.value = appendText(this.value, '.')
        return 1
      case 'repeat': {
        const repeated = repeatable(next)
        if (repeated === undefined) {
          this.pass(text)
          return 1
        }
        this.value = appendText(this.value, repeated.repeat(word.times))
        return 2
      }
    }
  }

  /** A word that is not part of a number ends the one before it. */
  private pass(text: string): void {
    this.putValue()
    this.put(text)
  }

  private putValueOr(text: string): void {
    if (this.value === undefined) this.put(text)
    else this.putValue()
  }

  private putValue(): void {
    if (this.value !== undefined) this.put(String(this.value))
  }

  private put(text: string): void {
    this.output.push(this.prefix + text)
    this.prefix = ''
    this.value = undefined
  }
}

function isNumeral(text: string | undefined): boolean {
  return text !== undefined && unsignedNumeral.test(text)
}

/** Whether the next word can be part of a number. */
function mayBeNumber({ next, nextText }: Position): boolean {
  return next !== undefined || isNumeral(nextText)
}

/** The digits that `double` and `triple` repeat: `oh` in `double oh seven`, but also `twelve`. */
function repeatable(word: NumberWord | undefined): string | undefined {
  if (word?.kind === 'zero') return '0'
  return word?.kind === 'unit' && word.suffix === '' ? String(word.value) : undefined
}
