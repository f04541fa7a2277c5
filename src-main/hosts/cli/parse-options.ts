/** Option values from the command line, checked. A refusal is a usage error and names what was expected. */
import { InvalidArgumentError } from 'commander'

/** A fraction 0 < f ≤ 1; percentages such as `50%` are understood too. */
export function parseFraction(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)
  if (text.trim() !== '' && value > 0 && value <= 1) return value
  throw new InvalidArgumentError('Expected a fraction above 0 and at most 1, such as 0.5 or 50%.')
}

/** A number from 0 to 1. */
export function parseShare(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('Expected a number from 0 to 1.')
}

export function parsePositiveInteger(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('Expected a whole number from 1.')
}

export function parseWholeNumber(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('Expected a whole number from 0.')
}

const byteUnits: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30 }

/** Bytes, written as `800MB` or `2.5GB`. */
export function parseBytes(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?(MB|GB|MiB|GiB)$/.exec(text.trim()) ?? []
  const bytes = Math.round(Number(digits) * (byteUnits[unit ?? ''] ?? NaN))
  if (bytes >= 1) return bytes
  throw new InvalidArgumentError('Expected a size with its unit, such as 800MB or 2.5GB.')
}

/** Gathers an option that may be given several times. */
export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value]
}

/** A TCP port; 0 means any that is free. */
export function parsePort(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 65535) return value
  throw new InvalidArgumentError('Expected a port from 0 to 65535.')
}
