import { WorkbenchError } from '@contract/errors'
import type { Audio } from './audio'
import { decodeFlac } from './flac'
import { decodeWav } from './wav'

/**
 * Decodes a sound file to mono float32, recognising the format by its first bytes and not by its name.
 *
 * - `bytes`    the whole file; not modified.
 * - `fileName` only for messages.
 *
 * @throws WorkbenchError `invalid-input` when the file is empty, of another format, damaged or cut off.
 * Does not resample: a model that wants another rate refuses the audio.
 */
export async function decodeAudio(bytes: Uint8Array, fileName: string): Promise<Audio> {
  if (bytes.byteLength === 0) {
    throw new WorkbenchError('invalid-input', `'${fileName}' is empty, expected a WAV or FLAC file.`)
  }
  if (hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'WAVE')) return decodeWav(bytes, fileName)
  if (hasText(bytes, 0, 'fLaC')) return decodeFlac(bytes, fileName)
  throw new WorkbenchError(
    'invalid-input',
    `'${fileName}' is neither WAV nor FLAC (it begins with ${hexadecimal(bytes.subarray(0, 4))}); convert it to one of them.`
  )
}

function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  return [...text].every((character, index) => bytes[offset + index] === character.charCodeAt(0))
}

function hexadecimal(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
