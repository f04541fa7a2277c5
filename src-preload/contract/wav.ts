/** The simplest sound file there is, which page and engine both write: a recording from the microphone, a cut-out. */

/** Bytes before the samples: the RIFF header, the format, the name of the data chunk. */
export const wavHeaderBytes = 44

const bytesPerSample = 2

/**
 * A mono 16-bit PCM WAV file.
 *
 * - `samples` [n]; x becomes round(x · 2¹⁵), cut to 16 bits: full scale of -1 keeps its value, +1 loses the last step.
 *
 * Samples that come from a 16-bit file go back into one unchanged.
 */
export function encodeWav(samples: Float32Array, sampleRateHz: number): Uint8Array<ArrayBuffer> {
  const dataBytes = samples.length * bytesPerSample
  const bytes = new Uint8Array(wavHeaderBytes + dataBytes)
  const view = new DataView(bytes.buffer)
  const letters = (offset: number, text: string) => {
    for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i)
  }
  letters(0, 'RIFF')
  view.setUint32(4, wavHeaderBytes - 8 + dataBytes, true)
  letters(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, sampleRateHz, true)
  view.setUint32(28, sampleRateHz * bytesPerSample, true)
  view.setUint16(32, bytesPerSample, true)
  view.setUint16(34, bytesPerSample * 8, true)
  letters(36, 'data')
  view.setUint32(40, dataBytes, true)
  for (let t = 0; t < samples.length; t++) {
    const limited = Math.max(-32_768, Math.min(32_767, Math.round(samples[t]! * 32_768)))
    view.setInt16(wavHeaderBytes + t * bytesPerSample, limited, true)
  }
  return bytes
}
