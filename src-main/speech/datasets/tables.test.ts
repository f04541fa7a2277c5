/** The layouts that are a table: given columns, Common Voice, Hugging Face audio folders. */
import { describe, expect, it } from 'vitest'
import { memoryDataFolder } from '../../../tests/helpers/memory-data-folder'
import { parseAudiofolder } from './audiofolder'
import { parseCommonVoice } from './common-voice'
import { parseTable } from './table'

const audio = { 'a.wav': '', 'sub/b.wav': '' }
const table = (text: string) => ({ folder: memoryDataFolder({ ...audio, 'x.csv': text }), file: 'x.csv' })

describe('parseTable', () => {
  it('reads the columns that are named', async () => {
    const source = table('utt,rec,words,who,begin,length\nu1,a.wav,go left,ann,0.5,1\nu2,sub/b.wav,stop,,,\n')
    const columns = {
      id: 'utt',
      audio: 'rec',
      text: 'words',
      speaker: 'who',
      offsetSeconds: 'begin',
      durationSeconds: 'length'
    }
    expect((await parseTable(source, columns)).utterances).toEqual([
      {
        id: 'u1',
        audioPath: 'a.wav',
        text: 'go left',
        speaker: 'ann',
        offsetSeconds: 0.5,
        durationSeconds: 1
      },
      { id: 'u2', audioPath: 'sub/b.wav', text: 'stop' }
    ])
  })

  it('finds columns by their usual names, and takes a label for the text when there is no other', async () => {
    expect((await parseTable(table('Path,Label,lang\na.wav,yes,en\n'))).utterances).toEqual([
      { id: 'a.wav', audioPath: 'a.wav', text: 'yes', label: 'yes', language: 'en' }
    ])
    expect((await parseTable(table('path,label,text\na.wav,yes,yes please\n'))).utterances[0]).toMatchObject({
      text: 'yes please',
      label: 'yes'
    })
  })

  it('tells segments of one recording apart', async () => {
    const { utterances } = await parseTable(table('path,text,offset\na.wav,one,0\na.wav,two,1.5\n'))
    expect(utterances.map(({ id }) => id)).toEqual(['a.wav#0', 'a.wav#1.5'])
  })

  it('leaves out and lists rows without transcript or audio', async () => {
    const { excluded } = await parseTable(table('path,text\na.wav,x\nsub/b.wav,\nc.wav,y\n'))
    expect(excluded).toEqual([
      { id: 'sub/b.wav', reason: "its 'text' is empty" },
      { id: 'c.wav', reason: 'its audio file c.wav is missing' }
    ])
  })

  it.each([
    ['an empty path', 'path,text\n,x\n', "Line 2 of x.csv has an empty 'path', expected a path."],
    [
      'a recording twice',
      'path,text\na.wav,x\na.wav,y\n',
      /^Line 3 of x\.csv repeats the utterance 'a\.wav' \(first: Line 2/
    ],
    [
      'a duration that is no number',
      'path,text,duration\na.wav,x,1s\n',
      /'duration' = 1s, expected seconds from 0/
    ],
    [
      'two columns that could be the audio',
      'path,file,text\na,b,c\n',
      /^x\.csv cannot be read without naming its columns: its columns 'path', 'file', 'text' do not tell/
    ],
    ['no usable row', 'path,text\n', /^'x\.csv' holds no utterances/]
  ])('refuses %s', async (_, text, message) => {
    await expect(parseTable(table(text))).rejects.toThrow(message)
  })

  it('refuses columns that are not there, naming those that are', async () => {
    await expect(parseTable(table('a,b\n1,2\n'), { audio: 'a', text: 'words' })).rejects.toThrow(
      "x.csv has the columns 'a', 'b', expected 'words' too."
    )
    await expect(parseTable(table('a,b\n1,2\n'), { audio: 'a' })).rejects.toThrow(
      /needs a column for the text/
    )
  })
})

describe('parseCommonVoice', () => {
  it('finds clips in their folder, speakers and languages in their columns', async () => {
    const text =
      'client_id\tpath\tsentence\tup_votes\tlocale\nc0ffee\tcv_1.mp3\t"Wer?\t2\tde\nc0ffee\tcv_2.mp3\tIch.\t3\tde\n'
    const folder = memoryDataFolder({ 'test.tsv': text, 'clips/cv_1.mp3': '', 'clips/cv_9.mp3': '' })
    expect(await parseCommonVoice({ folder, file: 'test.tsv' })).toEqual({
      utterances: [
        { id: 'cv_1.mp3', audioPath: 'clips/cv_1.mp3', text: '"Wer?', speaker: 'c0ffee', language: 'de' }
      ],
      excluded: [{ id: 'cv_2.mp3', reason: 'its audio file clips/cv_2.mp3 is missing' }]
    })
  })
})

describe('parseAudiofolder', () => {
  const parse = (files: Record<string, string>) =>
    parseAudiofolder({ folder: memoryDataFolder({ ...audio, ...files }) })

  it.each(['transcription', 'text', 'sentence'])("reads metadata.csv with '%s'", async (column) => {
    expect(await parse({ 'metadata.csv': `file_name,${column},speaker_id\na.wav,"hi, you",7\n` })).toEqual({
      utterances: [{ id: 'a.wav', audioPath: 'a.wav', text: 'hi, you', speaker: '7' }],
      excluded: []
    })
  })

  it('reads metadata.jsonl, where an empty transcript is one', async () => {
    const lines = '{"file_name":"a.wav","text":"hi","speaker":"s"}\n\n{"file_name":"sub/b.wav","text":""}\n'
    expect((await parse({ 'metadata.jsonl': lines })).utterances).toEqual([
      { id: 'a.wav', audioPath: 'a.wav', text: 'hi', speaker: 's' },
      { id: 'sub/b.wav', audioPath: 'sub/b.wav', text: '' }
    ])
  })

  it('leaves out and lists what lacks its other half', async () => {
    const lines =
      '{"file_name":"a.wav","text":"hi"}\n{"file_name":"lost.wav","text":"x"}\n{"file_name":"sub/b.wav"}\n'
    expect((await parse({ 'metadata.jsonl': lines, 'c.mp3': '', 'notes.txt': '' })).excluded).toEqual([
      { id: 'lost.wav', reason: 'its audio file lost.wav is missing' },
      { id: 'sub/b.wav', reason: "it has none of 'transcription', 'text', 'sentence'" },
      { id: 'c.mp3', reason: 'it has no row in metadata.jsonl' }
    ])
  })

  it.each([
    [
      'no text column',
      { 'metadata.csv': 'file_name,label\na.wav,x\n' },
      /has the columns 'file_name', 'label', expected one of 'transcription'/
    ],
    [
      'no file_name',
      { 'metadata.csv': 'path,text\na.wav,x\n' },
      "metadata.csv has the columns 'path', 'text', expected 'file_name' too."
    ],
    [
      'a line that is no object',
      { 'metadata.jsonl': '3' },
      'Line 1 of metadata.jsonl holds 3, expected a JSON object.'
    ],
    ['no metadata', {}, "'set' has no 'metadata.csv' or 'metadata.jsonl'."]
  ])('refuses %s', async (_, files: Record<string, string>, message) => {
    await expect(parse(files)).rejects.toThrow(message)
  })
})
