/**
 * WAV (RIFF/WAVE) files: linear PCM of 8, 16, 24 and 32 bits and IEEE float of 32 and 64 bits, through `wavefile`.
 *
 * The library reads past a short data chunk without complaint and counts the padding byte of an odd chunk as sound,
 * so sizes are checked here against the header.
 */
import { WorkbenchError } from '@contract/errors'
import { WaveFile } from 'wavefile'
import type { Audio } from './audio'
import { mixDown } from './mix-down'

/** What `wavefile` fills in from the `fmt ` chunk; its own types say only `object`. */
interface WavFormat {
  readonly audioFormat: number
  readonly numChannels: number
  readonly sampleRate: number
  readonly blockAlign: number
  readonly bitsPerSample: number
}

/** How a stored number becomes a sample: (stored - offset) / scale. */
interface SampleScale {
  readonly offset: number
  readonly scale: number
}

/** By `wavefile`'s name of the sample format. 8-bit WAV is unsigned, all others are signed. */
const sampleScales: ReadonlyMap<string, SampleScale> = new Map([
  ['8', { offset: 128, scale: 2 ** 7 }],
  ['16', { offset: 0, scale: 2 ** 15 }],
  ['24', { offset: 0, scale: 2 ** 23 }],
  ['32', { offset: 0, scale: 2 ** 31 }],
  ['32f', { offset: 0, scale: 1 }],
  ['64', { offset: 0, scale: 1 }]
])

/** WAVE_FORMAT_PCM, WAVE_FORMAT_IEEE_FLOAT and WAVE_FORMAT_EXTENSIBLE; the rest is compressed. */
const linearFormats: ReadonlySet<number> = new Set([1, 3, 0xfffe])

/**
 * Decodes a WAV file; integer samples x of b bits become x / 2^(b-1).
 *
 * @throws WorkbenchError `invalid-input` when the file is damaged, cut off, empty or compressed.
 */
export function decodeWav(bytes: Uint8Array, fileName: string): Audio {
  const wave = readWave(bytes, fileName)
  const format = wave.fmt as WavFormat
  const data = wave.data as { readonly chunkSize: number; readonly samples: Uint8Array }
  const scale = linearFormats.has(format.audioFormat) ? sampleScales.get(wave.bitDepth) : undefined
  if (scale === undefined) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' is WAV format ${format.audioFormat} with ${format.bitsPerSample} bits, expected PCM of 8, 16, 24 or 32 bits or float.`
    )
  }
  const bytesPerFrame = format.numChannels * (format.bitsPerSample / 8)
  if (format.numChannels < 1 || format.sampleRate < 1 || format.blockAlign !== bytesPerFrame) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' has an inconsistent WAV header: ${format.numChannels} channels, ${format.sampleRate} Hz, ${format.blockAlign} bytes per frame.`
    )
  }
  if (data.samples.byteLength < data.chunkSize || data.chunkSize % bytesPerFrame !== 0) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' is cut off: its header promises ${data.chunkSize} bytes of sound in frames of ${bytesPerFrame}, got ${data.samples.byteLength}.`
    )
  }
  const interleaved = wave.getSamples(true)
  const channels = Array.from({ length: format.numChannels }, (_, channel) =>
    deinterleave(interleaved, channel, format.numChannels, data.chunkSize / bytesPerFrame, scale)
  )
  return mixDown(channels, format.sampleRate, fileName)
}

function readWave(bytes: Uint8Array, fileName: string): WaveFile {
  const wave = new WaveFile()
  try {
    wave.fromBuffer(bytes)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WorkbenchError('invalid-input', `'${fileName}' is not a readable WAV file: ${reason}.`, {
      cause: error
    })
  }
  return wave
}

function deinterleave(
  interleaved: Float64Array,
  channel: number,
  channelCount: number,
  frames: number,
  { offset, scale }: SampleScale
): Float32Array {
  const samples = new Float32Array(frames)
  for (let t = 0; t < frames; t++) samples[t] = (interleaved[t * channelCount + channel]! - offset) / scale
  return samples
}
