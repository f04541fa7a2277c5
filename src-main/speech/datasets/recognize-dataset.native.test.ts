/** Recorded speech in its published layouts; decoding shows that paths lead to sound. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { diskDataFolder } from '../../../tests/helpers/disk-data-folder'
import { decodeAudio } from '../audio/decode-audio'
import { recognizeDataset } from './recognize-dataset'

const real = resolve(import.meta.dirname, '../../../../shared/real')
const librispeech = resolve(real, 'librispeech/test-other')
const speechCommands = resolve(real, 'speech-commands')
const reasonToSkip = (folder: string) => (existsSync(folder) ? '' : ' (skipped: no ../shared/real here)')

describe('recognizeDataset on recorded speech', () => {
  it.skipIf(!existsSync(librispeech))(`reads LibriSpeech${reasonToSkip(librispeech)}`, async () => {
    const { layout, utterances, excluded } = await recognizeDataset({ folder: diskDataFolder(librispeech) })
    expect(layout).toBe('librispeech')
    expect(utterances).toHaveLength(50)
    expect(new Set(utterances.map(({ speaker }) => speaker)).size).toBe(5)
    expect(excluded).toEqual([])
    let seconds = 0
    for (const { audioPath, text } of utterances) {
      expect(text).toMatch(/^[A-Z' ]+$/)
      const audio = await decodeAudio(readFileSync(resolve(librispeech, audioPath)), audioPath)
      expect(audio.sampleRateHz).toBe(16000)
      seconds += audio.durationSeconds
    }
    // The README says 7 minutes.
    expect(Math.abs(seconds / 60 - 7)).toBeLessThan(0.5)
  })

  it.skipIf(!existsSync(speechCommands))(`reads Speech Commands${reasonToSkip(speechCommands)}`, async () => {
    const { layout, utterances, excluded } = await recognizeDataset({
      folder: diskDataFolder(speechCommands)
    })
    expect(layout).toBe('class-folders')
    expect(utterances).toHaveLength(1124)
    expect(new Set(utterances.map(({ label }) => label)).size).toBe(11)
    expect(excluded).toEqual([])
    expect(utterances.every(({ speaker }) => /^[0-9a-f]{8}$/.test(speaker ?? ''))).toBe(true)
  })
})
