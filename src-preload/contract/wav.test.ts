import { describe, expect, it } from 'vitest'
import { encodeWav, wavHeaderBytes } from './wav'

const samplesOf = (wav: Uint8Array) => [...new Int16Array(wav.buffer, wavHeaderBytes)]

describe('a WAV file', () => {
  it('has the header that RIFF prescribes', () => {
    const wav = encodeWav(new Float32Array(3), 22_050)
    const view = new DataView(wav.buffer)
    const text = (begin: number, end: number) => new TextDecoder().decode(wav.subarray(begin, end))
    expect(wav.byteLength).toBe(50)
    expect([text(0, 4), text(8, 16), text(36, 40)]).toEqual(['RIFF', 'WAVEfmt ', 'data'])
    expect([view.getUint32(4, true), view.getUint32(40, true)]).toEqual([42, 6])
    expect([view.getUint16(20, true), view.getUint16(22, true)]).toEqual([1, 1])
    expect([view.getUint32(24, true), view.getUint32(28, true)]).toEqual([22_050, 44_100])
    expect([view.getUint16(32, true), view.getUint16(34, true)]).toEqual([2, 16])
  })

  it('gives every value of 16 bits back as it was', () => {
    const values = Array.from({ length: 65_536 }, (_, i) => i - 32_768)
    expect(
      samplesOf(
        encodeWav(
          Float32Array.from(values, (x) => x / 32_768),
          16_000
        )
      )
    ).toEqual(values)
  })

  it('cuts what is too loud', () => {
    expect(samplesOf(encodeWav(Float32Array.of(1, 1.5, -1, -7), 16_000))).toEqual([
      32_767, 32_767, -32_768, -32_768
    ])
  })
})
