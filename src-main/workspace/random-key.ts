import { randomBytes, timingSafeEqual } from 'node:crypto'
import { sha256Text } from './files'

/** 256 random bits as 43 URL-safe characters. */
export function randomKey(): string {
  return randomBytes(32).toString('base64url')
}

/** Whether two secrets are equal, in a time that does not tell where they differ or how long the right one is. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(sha256Text(given)), Buffer.from(sha256Text(expected)))
}
