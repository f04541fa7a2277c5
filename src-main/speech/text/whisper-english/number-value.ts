import { digit } from '../character-classes'

/**
 * A number while it is being read: a bigint while words still add up (`two hundred` + `five`), a text once digits are
 * merely strung together (`one oh one`, `3.` + `14`).
 */
export type NumberValue = bigint | string

/** What was said before the word at hand, as far as it decides how that word is joined. */
export interface Preceding {
  readonly isUnit: boolean
  readonly isTen: boolean
}

/**
 * Appends one to nineteen: it fills the zeros of the number so far, or else is written behind it.
 * `twenty` + `four` = 24, `twenty` + `nineteen` = `2019`, `one` + `one` = `11`.
 */
export function joinUnit(value: NumberValue | undefined, unit: bigint, preceding: Preceding): NumberValue {
  if (value === undefined) return unit
  if (typeof value === 'string' || preceding.isUnit) {
    // The ten was written out as two digits, of which the second is the place of this one.
    return preceding.isTen && unit < 10n ? `${String(value).slice(0, -1)}${unit}` : `${value}${unit}`
  }
  const places = unit < 10n ? 10n : 100n
  return value % places === 0n ? value + unit : `${value}${unit}`
}

/** Appends twenty to ninety: `two hundred` + `sixty` = 260, `nineteen` + `ninety` = `1990`. */
export function joinTen(value: NumberValue | undefined, ten: bigint): NumberValue {
  if (value === undefined) return ten
  return typeof value === 'bigint' && value % 100n === 0n ? value + ten : `${value}${ten}`
}

/** Appends digits as text. Nothing and 0 both count as no digits yet: `zero zero` after a numeral 0 is `00`. */
export function appendText(value: NumberValue | undefined, text: string): string {
  return value === undefined || value === 0n ? text : `${value}${text}`
}

/**
 * Multiplies by hundred, thousand ... Of a bigint only what is below 1000, so that `two million three hundred` keeps
 * its millions. Undefined if a text is no number or the product no integer.
 */
export function scale(value: NumberValue, multiplier: bigint): bigint | undefined {
  if (typeof value === 'string') return wholeProduct(value, multiplier)
  const residual = value % 1000n
  return value - residual + residual * multiplier
}

const decimalNumber = new RegExp(`^(?=\\.?${digit})(${digit}*)(?:\\.(${digit}*))?$`, 'u')

/** `text` times `factor` in exact arithmetic; undefined if the text is no decimal number or the product no integer. */
export function wholeProduct(text: string, factor: bigint): bigint | undefined {
  const match = decimalNumber.exec(text)
  if (match === null) return undefined
  const [, integerDigits = '', decimals = ''] = match
  const denominator = 10n ** BigInt(Array.from(decimals).length)
  const product = BigInt(asciiDigits(integerDigits + decimals)) * factor
  return product % denominator === 0n ? product / denominator : undefined
}

const isDigit = new RegExp(`^${digit}$`, 'u')

/** Digits of any script as 0 to 9. Unicode encodes the ten digits of a script in a row, zero first. */
function asciiDigits(digits: string): string {
  return Array.from(digits, (character) => {
    const codePoint = character.codePointAt(0)!
    let first = codePoint
    while (isDigit.test(String.fromCodePoint(first - 1))) first--
    return String((codePoint - first) % 10)
  }).join('')
}
