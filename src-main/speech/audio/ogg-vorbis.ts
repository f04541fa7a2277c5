/**
 * Vorbis in Ogg, through `@wasm-audio-decoders/ogg-vorbis` (libvorbis in WebAssembly).
 *
 * Gapless: the position on the last page says where the sound ends, and the library cuts the block that reaches past it.
 */
import { WorkbenchError } from '@contract/errors'
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis'
import type { Audio } from './audio'
import { mixDown } from './mix-down'
import type { OggStream } from './ogg-stream'
import { runDecoder } from './run-decoder'

/**
 * Decodes a Vorbis stream whose pages were checked; exactly as many samples as its last page promises.
 *
 * @throws WorkbenchError `invalid-input` when it does not decode, or to another number of samples, as with a piece cut
 *   out of a longer stream.
 */
export async function decodeOggVorbis(
  bytes: Uint8Array,
  stream: OggStream,
  fileName: string
): Promise<Audio> {
  const what = { fileName, format: 'Vorbis' }
  const decoded = await runDecoder(new OggVorbisDecoder(), (decoder) => decoder.decodeFile(bytes), what)
  const isWhole = decoded.channelData.every((channel) => channel.length === stream.endPosition)
  if (decoded.samplesDecoded !== stream.endPosition || !isWhole) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' promises ${stream.endPosition} samples, got ${decoded.samplesDecoded}; convert it to WAV or FLAC.`
    )
  }
  return mixDown(decoded.channelData, decoded.sampleRate, fileName)
}
