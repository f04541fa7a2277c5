/**
 * Opus in Ogg, through `ogg-opus-decoder` (libopus in WebAssembly). Opus always decodes to 48 kHz, whatever the rate
 * of the recording was.
 *
 * Gapless: the header says how many samples to skip at the start, the position on the last page where the sound ends.
 * Release 1.7.5 of the library skips the start but then cuts the end that many samples too late, so the end is cut
 * here. It also leaves out the header's gain, which RFC 7845 asks every player to apply.
 */
import { WorkbenchError } from '@contract/errors'
import { OggOpusDecoder } from 'ogg-opus-decoder'
import type { Audio } from './audio'
import { mixDown } from './mix-down'
import type { OggStream } from './ogg-stream'
import { runDecoder } from './run-decoder'

/**
 * Decodes an Opus stream whose pages were checked: last position - pre-skip samples at 48 kHz, times 10^(gain / 20 dB).
 *
 * @throws WorkbenchError `invalid-input` when it does not decode, or to fewer samples, as with a piece cut out of a
 *   longer stream.
 */
export async function decodeOggOpus(bytes: Uint8Array, stream: OggStream, fileName: string): Promise<Audio> {
  const { channelCount, preSkip, gain } = readOpusHead(stream.identification, fileName)
  const what = { fileName, format: 'Opus' }
  const decoded = await runDecoder(new OggOpusDecoder(), (decoder) => decoder.decodeFile(bytes), what)
  const expectedSamples = stream.endPosition - preSkip
  if (decoded.samplesDecoded < expectedSamples || decoded.channelData.length !== channelCount) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' promises ${expectedSamples} samples of ${channelCount} channels, got ${decoded.samplesDecoded} of ${decoded.channelData.length}; convert it to WAV or FLAC.`
    )
  }
  const channels = decoded.channelData.map((channel) => {
    const samples = channel.slice(0, Math.max(0, expectedSamples))
    return gain === 1 ? samples : samples.map((sample) => sample * gain)
  })
  return mixDown(channels, decoded.sampleRate, fileName)
}

/**
 * The identification header: 8 bytes `OpusHead`, version, channels, 2 bytes pre-skip in samples at 48 kHz, 4 bytes rate
 * of the recording, 2 bytes gain in dB / 256, channel mapping.
 * Source: RFC 7845, section 5.1.
 */
function readOpusHead(
  head: Uint8Array,
  fileName: string
): { channelCount: number; preSkip: number; gain: number } {
  const version = head[8]
  // The upper four bits are the major version; within a major version files stay readable.
  if (head.length < 19 || version === undefined || version > 15) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' has an Opus header of ${head.length} bytes and version ${version ?? 'none'}, expected at least 19 bytes of version 0 to 15.`
    )
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  return {
    channelCount: head[9]!,
    preSkip: view.getUint16(10, true),
    gain: 10 ** (view.getInt16(16, true) / 256 / 20)
  }
}
