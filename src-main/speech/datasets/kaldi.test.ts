import { describe, expect, it } from 'vitest'
import { memoryDataFolder } from '../../../tests/helpers/memory-data-folder'
import { parseKaldi } from './kaldi'

const files = {
  'wav.scp': 'r1  audio/one.wav\nr2 /data/two words.flac\n',
  text: 'r1 hello  there\nr2 bye\n',
  'audio/one.wav': '',
  '/data/two words.flac': ''
}
const parse = (changes: Record<string, string> = {}) => parseKaldi(memoryDataFolder({ ...files, ...changes }))

describe('parseKaldi', () => {
  it('takes whole recordings without segments, in the order of wav.scp', async () => {
    expect(await parse({ utt2spk: 'r2 anna\n' })).toEqual({
      utterances: [
        { id: 'r1', audioPath: 'audio/one.wav', text: 'hello  there' },
        { id: 'r2', audioPath: '/data/two words.flac', text: 'bye', speaker: 'anna' }
      ],
      excluded: []
    })
  })

  it('cuts recordings by segments, whose end may be open', async () => {
    const segments = 'r1-a r1 0.5 2.25\nr1-b r1 2.25 -1\n'
    const { utterances } = await parse({
      segments,
      text: 'r1-a hello\nr1-b there\n',
      utt2spk: 'r1-a s1\nr1-b s2'
    })
    expect(utterances).toEqual([
      {
        id: 'r1-a',
        audioPath: 'audio/one.wav',
        offsetSeconds: 0.5,
        durationSeconds: 1.75,
        text: 'hello',
        speaker: 's1'
      },
      { id: 'r1-b', audioPath: 'audio/one.wav', offsetSeconds: 2.25, text: 'there', speaker: 's2' }
    ])
  })

  it('leaves out and lists what is incomplete', async () => {
    const wavScp = 'r1 audio/one.wav\nr2 lost.wav\nr3 audio/one.wav\nr4 audio/one.wav\n'
    const { utterances, excluded } = await parse({ 'wav.scp': wavScp, text: 'r1 x\nr2 x\nr4\nr5 x' })
    expect(utterances.map(({ id }) => id)).toEqual(['r1'])
    expect(excluded).toEqual([
      { id: 'r2', reason: 'its audio file lost.wav is missing' },
      { id: 'r3', reason: "it is not in 'text'" },
      { id: 'r4', reason: "its line in 'text' is empty" },
      { id: 'r5', reason: "it is not in 'wav.scp'" }
    ])
    const cut = await parse({ segments: 'r1-a r1 0 1\nr9-a r9 0 1', text: 'r1-a x\nr9-a x' })
    expect(cut.excluded).toEqual([{ id: 'r9-a', reason: "its recording 'r9' is not in wav.scp" }])
  })

  it.each([
    [
      'a command',
      'wav.scp',
      'r1 sph2pipe -f wav a.sph |',
      /^Line 1 of wav\.scp gets 'r1' from a command, which Lathe does not run/
    ],
    ['standard input', 'wav.scp', 'r1 -', /from a command/],
    ['an archive', 'wav.scp', 'r1 data.ark:17', /gives 'data\.ark:17' for 'r1', expected the path/],
    ['no path', 'wav.scp', 'r1', /gives '' for 'r1'/],
    [
      'an id twice',
      'wav.scp',
      'r1 a.wav\nr1 b.wav',
      /^Line 2 of wav\.scp repeats 'r1' \(first: Line 1 of wav\.scp\)/
    ],
    ['a transcript twice', 'text', 'r1 x\nr1 y', /^Line 2 of text repeats 'r1'/],
    [
      'a segment without an end',
      'segments',
      'u r1 0',
      /^Line 1 of segments gives 'r1 0', expected a recording, a start/
    ],
    ['a segment that ends before it starts', 'segments', 'u r1 2 1', /gives 'r1 2 1'/],
    ['a segment with words for numbers', 'segments', 'u r1 a b', /gives 'r1 a b'/],
    ['a channel in segments', 'segments', 'u r1 0 1 A', /gives 'r1 0 1 A'/]
  ])('refuses %s', async (_, name, text, message) => {
    await expect(parse({ [name]: text })).rejects.toThrow(message)
    await expect(parse({ [name]: text })).rejects.toMatchObject({ code: 'invalid-input' })
  })
})
