import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { writeManifest, writeTinyData } from '../../../tests/helpers/tiny-speech-data'
import { encodeWav } from '../../../tests/helpers/wav-file'
import { peekDataset } from './peek-dataset'

const folder = useTemporaryFolder()
const stages: number[] = []
const context = {
  progress: ({ completed }: { completed: number }) => void stages.push(completed),
  breathe: () => Promise.resolve()
}
const peek = (path: string, nowMilliseconds = () => 0) => peekDataset(path, { nowMilliseconds }, context)

/** A folder per class, whose recordings have no written length: `seconds` of silence each. */
function writeClasses(seconds: Readonly<Record<string, readonly number[]>>): string {
  for (const [label, lengths] of Object.entries(seconds)) {
    mkdirSync(join(folder(), 'words', label), { recursive: true })
    lengths.forEach((length, i) => {
      writeFileSync(
        join(folder(), 'words', label, `${i}.wav`),
        encodeWav(new Float32Array(length * 8000), 8000)
      )
    })
  }
  return join(folder(), 'words')
}

describe('a first look at a data set', () => {
  it('counts labels, and adds up a small set that has no lengths', async () => {
    const facts = await peek(writeClasses({ yes: [1, 2], no: [0.5] }))
    expect(facts).toMatchObject({ layout: 'class-folders', utterances: 3, classes: 2, speakers: 0 })
    expect(facts).toMatchObject({ audioSeconds: 3.5, isAudioEstimated: false, sampleRatesHz: [8000] })
  })

  it('estimates a large set from recordings spread over all of it', async () => {
    const facts = await peek(
      writeClasses({ no: new Array<number>(60).fill(1), yes: new Array<number>(60).fill(2) })
    )
    expect(facts).toMatchObject({ utterances: 120, audioSeconds: 180, isAudioEstimated: true })
  })

  it('stops listening when it takes too long', async () => {
    const path = writeClasses({ no: new Array<number>(30).fill(1), yes: [1] })
    stages.length = 0
    let now = 0
    await peek(path, () => (now += 900))
    // 900 ms at the start, so the deadline of 2 s is passed after the third recording.
    expect(stages).toEqual([1, 2, 3])
  })

  it('says what is incomplete and what cannot be decoded, and goes on', async () => {
    const path = writeTinyData(join(folder(), 'set.jsonl'), { utterances: 3, seed: 1 })
    rmSync(join(folder(), 'set', '001.wav'))
    writeFileSync(join(folder(), 'set', '002.wav'), 'not sound')
    const facts = await peek(path)
    expect(facts.audioProblem ?? facts.incomplete?.first).toMatch(/00[12]\.wav/)
    expect(facts.sampleRatesHz).toEqual([16000])
  })

  it('knows no length when nothing can be decoded', async () => {
    writeManifest(join(folder(), 'set.jsonl'), [])
    await expect(peek(join(folder(), 'set.jsonl'))).rejects.toMatchObject({ code: 'invalid-input' })
    mkdirSync(join(folder(), 'words', 'yes'), { recursive: true })
    mkdirSync(join(folder(), 'words', 'no'), { recursive: true })
    writeFileSync(join(folder(), 'words', 'yes', 'a.wav'), 'x')
    writeFileSync(join(folder(), 'words', 'no', 'a.wav'), 'x')
    expect(await peek(join(folder(), 'words'))).toMatchObject({
      audioSeconds: null,
      isAudioEstimated: false,
      sampleRatesHz: [],
      audioProblem: expect.stringContaining('a.wav') as string
    })
  })
})
