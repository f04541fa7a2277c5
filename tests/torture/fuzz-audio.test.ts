/** Hostile recordings: every one is decoded or refused with one coded error, and the decoder after it is as good as new. */
import { describe, expect, it } from 'vitest'
import { decodeAudio } from '../../src-main/speech/audio/decode-audio'
import { resampleAudio } from '../../src-main/speech/audio/resample'
import { effort } from './effort'
import { encodedRecordings, hostileRecording, hostileWav } from './fuzz/audio-cases'
import { fuzz, type HostileCase } from './fuzz/fuzz'

const wavCases = effort({ short: 2500, full: 50_000 })
const encodedCases = effort({ short: 300, full: 10_000 })

/** What opening a recording does: decode, and, for few because it is slow, resample for a model of another rate. */
async function hear({ bytes }: Pick<HostileCase, 'bytes'>, seed = 0): Promise<void> {
  const audio = await decodeAudio(bytes, 'hostile')
  if (audio.samples.some((sample) => !Number.isFinite(sample)))
    throw new RangeError('Sound that is not finite.')
  if (seed % 50 === 0 && audio.durationSeconds < 1) await resampleAudio(audio, 8000)
}

describe('hostile recordings', () => {
  it(`in WAV each end in success or in one coded error: ${wavCases} of them`, async () => {
    expect(await fuzz({ name: 'fuzz: WAV', cases: wavCases, make: hostileWav, run: hear })).toEqual([])
  })

  it(`in FLAC, MP3, Vorbis and Opus likewise: ${encodedCases} of them`, async () => {
    const options = { name: 'fuzz: encoded audio', cases: encodedCases, make: hostileRecording, run: hear }
    expect(await fuzz(options)).toEqual([])
    // After all that the decoders still decode.
    for (const { bytes, name } of encodedRecordings) {
      expect((await decodeAudio(bytes, name)).samples.length).toBeGreaterThan(0)
    }
  })
})
