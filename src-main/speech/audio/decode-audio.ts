import { WorkbenchError } from '@contract/errors'
import type { Audio } from './audio'
import { decodeFlac } from './flac'
import { hasText } from './has-text'
import { decodeMp3 } from './mp3'
import { beginsLikeMp3 } from './mp3-frames'
import { decodeOggOpus } from './ogg-opus'
import { readOggStream } from './ogg-stream'
import { decodeOggVorbis } from './ogg-vorbis'
import { decodeWav } from './wav'

const formats = 'WAV, FLAC, MP3, Ogg Vorbis or Ogg Opus'

/**
 * Decodes a sound file to mono float32, recognising the format by its first bytes and not by its name.
 *
 * - `bytes`    the whole file; not modified.
 * - `fileName` only for messages.
 *
 * @throws WorkbenchError `invalid-input` when the file is empty, of another format, damaged or cut off.
 * Does not resample: a model that wants another rate refuses the audio, unless `resampleAudio` was asked for.
 */
export async function decodeAudio(bytes: Uint8Array, fileName: string): Promise<Audio> {
  if (bytes.byteLength === 0) {
    throw new WorkbenchError('invalid-input', `'${fileName}' is empty, expected ${formats}.`)
  }
  if (hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'WAVE')) return decodeWav(bytes, fileName)
  if (hasText(bytes, 0, 'fLaC')) return decodeFlac(bytes, fileName)
  if (hasText(bytes, 0, 'OggS')) return decodeOgg(bytes, fileName)
  if (beginsLikeMp3(bytes)) return decodeMp3(bytes, fileName)
  throw new WorkbenchError(
    'invalid-input',
    `'${fileName}' is not ${formats} (it begins with ${hexadecimal(bytes.subarray(0, 4))}); convert it to one of them.`
  )
}

async function decodeOgg(bytes: Uint8Array, fileName: string): Promise<Audio> {
  const stream = readOggStream(bytes, fileName)
  if (hasText(stream.identification, 0, '\x01vorbis')) return decodeOggVorbis(bytes, stream, fileName)
  if (hasText(stream.identification, 0, 'OpusHead')) return decodeOggOpus(bytes, stream, fileName)
  const begin = hexadecimal(stream.identification.subarray(0, 8))
  throw new WorkbenchError(
    'invalid-input',
    `'${fileName}' is Ogg with neither Vorbis nor Opus in it (its stream begins with ${begin}); convert it to WAV or FLAC.`
  )
}

function hexadecimal(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
