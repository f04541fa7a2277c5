/**
 * FLAC files, through `@wasm-audio-decoders/flac` (libFLAC in WebAssembly).
 *
 * The library drops a frame whose checksum is wrong without an error, so the number of samples is compared with the
 * one that the STREAMINFO block promises. It also divides by 2^(b-1) - 1, where WAV readers and the public feature
 * extractors divide by 2^(b-1); the integers are recovered and divided again.
 */
import { WorkbenchError } from '@contract/errors'
import { FLACDecoder } from '@wasm-audio-decoders/flac'
import type { Audio } from './audio'
import { mixDown } from './mix-down'
import { runDecoder } from './run-decoder'

interface StreamInfo {
  readonly sampleRateHz: number
  readonly channelCount: number
  readonly bitsPerSample: number
  /** Per channel; 0 when the encoder did not know it. */
  readonly totalSamples: number
}

/**
 * Decodes a native FLAC file; integer samples x of b bits become x / 2^(b-1).
 *
 * A stream that does not say how long it is (written to a pipe) is taken as far as it decodes.
 *
 * @throws WorkbenchError `invalid-input` when the file is damaged, cut off or empty.
 */
export async function decodeFlac(bytes: Uint8Array, fileName: string): Promise<Audio> {
  const info = readStreamInfo(bytes, fileName)
  const padded = new Uint8Array(bytes.byteLength + parserMarginBytes)
  padded.set(bytes)
  const what = { fileName, format: 'FLAC' }
  const decoded = await runDecoder(new FLACDecoder(), (decoder) => decoder.decodeFile(padded), what)
  const expectedSamples = info.totalSamples === 0 ? decoded.samplesDecoded : info.totalSamples
  const isWhole =
    decoded.samplesDecoded === expectedSamples &&
    decoded.channelData.length === info.channelCount &&
    decoded.channelData.every((channel) => channel.length === expectedSamples)
  if (decoded.samplesDecoded === 0 || !isWhole || decoded.sampleRate !== info.sampleRateHz) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' is damaged or cut off: its header promises ${info.totalSamples} samples of ${info.channelCount} channels at ${info.sampleRateHz} Hz, got ${decoded.samplesDecoded} of ${decoded.channelData.length} at ${decoded.sampleRate} Hz.`
    )
  }
  const channels = decoded.channelData.map((channel) => rescale(channel, info.bitsPerSample))
  return mixDown(channels, info.sampleRateHz, fileName)
}

/**
 * x / (2^(b-1) - 1), as the library gives it, to x / 2^(b-1). In float32 the former is within 2^-25 of its true value,
 * so up to 24 bits rounding finds the integer x again and the result is exact.
 */
function rescale(samples: Float32Array, bitsPerSample: number): Float32Array {
  const fullScale = 2 ** (bitsPerSample - 1)
  return samples.map((sample) => Math.round(sample * (fullScale - 1)) / fullScale)
}

/**
 * Zero bytes appended before decoding. Release 2.5.0 of the library's frame parser (codec-parser) looks 13 bytes past
 * the start of every frame and silently drops a last frame shorter than that, such as one of pure silence. The bytes
 * go away with the parser's fix. They do no harm: a frame ends with its CRC-16, whose remainder over the whole frame
 * is zero and stays zero over further zeros.
 */
const parserMarginBytes = 16

/**
 * The STREAMINFO block, which is always the first: 4 bytes `fLaC`, 4 bytes block header, then 34 bytes of which
 * 10..17 hold 20 bits sample rate, 3 bits channels - 1, 5 bits depth - 1 and 36 bits total samples.
 * Source: RFC 9639, section 8.2.
 */
function readStreamInfo(bytes: Uint8Array, fileName: string): StreamInfo {
  const headerBytes = 4 + 4 + 34
  if (bytes.byteLength < headerBytes || (bytes[4]! & 0x7f) !== 0) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' is cut off: expected a FLAC header of ${headerBytes} bytes, got ${bytes.byteLength} bytes in all.`
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const packed = view.getBigUint64(8 + 10)
  return {
    sampleRateHz: Number(packed >> 44n),
    channelCount: Number((packed >> 41n) & 0x7n) + 1,
    bitsPerSample: Number((packed >> 36n) & 0x1fn) + 1,
    totalSamples: Number(packed & 0xf_ffff_ffffn)
  }
}
