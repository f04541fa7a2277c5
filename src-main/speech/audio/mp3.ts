/**
 * MP3 (MPEG 1, 2 and 2.5, layer III), through `mpg123-decoder` (libmpg123 in WebAssembly).
 *
 * Gapless where the file states its delays (a Xing or Info frame, as LAME and ffmpeg write it); see mp3-frames.ts.
 * The library returns two equal channels for mono.
 */
import { WorkbenchError } from '@contract/errors'
import { MPEGDecoder } from 'mpg123-decoder'
import type { Audio } from './audio'
import { mixDown } from './mix-down'
import { readMp3Frames } from './mp3-frames'
import { runDecoder } from './run-decoder'

/** @throws WorkbenchError `invalid-input` when frames are missing, cut off or do not decode. */
export async function decodeMp3(bytes: Uint8Array, fileName: string): Promise<Audio> {
  const frames = readMp3Frames(bytes, fileName)
  const sound = bytes.subarray(frames.begin, frames.end)
  const what = { fileName, format: 'MP3' }
  const decoded = await runDecoder(new MPEGDecoder(), (decoder) => decoder.decode(sound), what)
  if (decoded.samplesDecoded !== frames.totalSamples || decoded.sampleRate !== frames.sampleRateHz) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' is damaged: its MP3 frames promise ${frames.totalSamples} samples at ${frames.sampleRateHz} Hz, got ${decoded.samplesDecoded} at ${decoded.sampleRate} Hz.`
    )
  }
  return mixDown(decoded.channelData.slice(0, frames.channelCount), frames.sampleRateHz, fileName)
}
