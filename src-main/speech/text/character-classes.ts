/**
 * Python's `\s`, `\d` and `\b` as fragments for `new RegExp(..., 'u')`.
 *
 * Whisper's normalizers were written for Python's `re`, whose classes follow Unicode. JavaScript's `\b` and `\d` are
 * ASCII only and its `\s` is a slightly different set (U+FEFF in, U+001C to U+001F and U+0085 out), so none of the
 * three may be used where a score has to equal theirs. Checked against Python 3.11 on every code point.
 */

/** One white space character: `str.isspace()`. */
export const whiteSpace =
  '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'

/** One decimal digit of any script. */
export const digit = '\\p{Nd}'

/** `\b` in front of a letter, digit or underscore. */
export const wordStart = '(?<![\\p{L}\\p{N}_])'

/** `\b` behind a letter, digit or underscore. */
export const wordEnd = '(?![\\p{L}\\p{N}_])'

const whiteSpaceRun = new RegExp(`${whiteSpace}+`, 'gu')

/** Every run of white space becomes one space, at the ends as well. */
export function squeezeWhiteSpace(text: string): string {
  return text.replace(whiteSpaceRun, ' ')
}

/** What stands between white space; nothing for a blank text. Python's `str.split()`. */
export function splitAtWhiteSpace(text: string): string[] {
  return text.split(whiteSpaceRun).filter((word) => word !== '')
}
