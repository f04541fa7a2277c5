import { describe, expect, it } from 'vitest'
import { memoryDataFolder } from '../../../tests/helpers/memory-data-folder'
import { recognizeDataset } from './recognize-dataset'

const nemo = '{"audio_filepath":"a.wav","duration":1,"text":"x"}\n'
const results = '{"audio_filepath":"a.wav","duration":1,"time":1,"text":"x","pred_text":"y"}\n'
const source = (files: Record<string, string>, file?: string) => ({
  folder: memoryDataFolder({ 'a.wav': '', ...files }),
  ...(file === undefined ? {} : { file })
})

describe('recognizeDataset', () => {
  it.each([
    ['nemo', { 'm.jsonl': `\n${nemo}` }, 'm.jsonl'],
    ['nemo', { 'm.json': nemo }, 'm.json'],
    ['open-asr', { 'm.jsonl': results }, 'm.jsonl'],
    ['kaldi', { 'wav.scp': 'a a.wav', text: 'a x' }, undefined],
    ['librispeech', { '1/2/1-2.trans.txt': '1-2-3 X', '1/2/1-2-3.flac': '' }, undefined],
    ['audiofolder', { 'metadata.csv': 'file_name,text\na.wav,x' }, undefined],
    ['audiofolder', { 'metadata.csv': 'file_name,text\na.wav,x' }, 'metadata.csv'],
    ['audiofolder', { 'metadata.jsonl': '{"file_name":"a.wav","text":"x"}' }, 'metadata.jsonl'],
    ['common-voice', { 'dev.tsv': 'client_id\tpath\tsentence\n1\tb.mp3\tx', 'clips/b.mp3': '' }, 'dev.tsv'],
    ['table', { 'm.csv': 'path,text\na.wav,x' }, 'm.csv'],
    ['table', { 'm.tsv': 'path\tsentence\na.wav\tx' }, 'm.tsv'],
    ['class-folders', { 'no/1.wav': '', 'yes/1.wav': '' }, undefined]
  ])('finds %s by itself', async (layout, files: Record<string, string>, file) => {
    const found = await recognizeDataset(source(files, file))
    expect(found.layout).toBe(layout)
    expect(found.utterances.length).toBeGreaterThan(0)
  })

  it('takes columns that are named for a table with unusual ones', async () => {
    const files = source({ 'm.csv': 'rec,words\na.wav,x' }, 'm.csv')
    await expect(recognizeDataset(files)).rejects.toThrow(
      /table: its columns 'rec', 'words' do not tell which/
    )
    const { layout, utterances } = await recognizeDataset(files, { columns: { audio: 'rec', text: 'words' } })
    expect([layout, utterances[0]?.text]).toEqual(['table', 'x'])
  })

  it('names the manifests of a folder that holds them', async () => {
    const files = { 'train.jsonl': nemo, 'dev.jsonl': nemo, 'train/1.flac': '', 'dev/1.flac': '' }
    await expect(recognizeDataset(source(files))).rejects.toThrow(
      /class-folders: it holds 'dev\.jsonl', .*; open one of its files dev\.jsonl, train\.jsonl\.$/
    )
  })

  it('gives the reason of every layout that does not fit', async () => {
    await expect(recognizeDataset(source({}))).rejects.toThrow(
      "'set' is not a data set that Lathe knows (kaldi: it has no 'wav.scp'; librispeech: it has no '.trans.txt' in its folders; audiofolder: it has no 'metadata.csv' or 'metadata.jsonl'; class-folders: it has 0 folders with sound in them, expected at least 2); name its layout to see what is wrong with it."
    )
    await expect(recognizeDataset(source({ 'm.jsonl': '[' }, 'm.jsonl'))).rejects.toThrow(
      /nemo: its first line is not a JSON object; open-asr: its first line is not a JSON object/
    )
  })

  it('reads a layout that is named, and says what is wrong with it', async () => {
    const broken = source({ 'm.txt': '{"audio_filepath":"a.wav"}' }, 'm.txt')
    await expect(recognizeDataset(broken, { layout: 'nemo' })).rejects.toThrow(
      /^Line 1 of m\.txt has no 'duration'/
    )
    const one = await recognizeDataset(source({ 'yes/1.wav': '' }), { layout: 'class-folders' })
    expect(one.utterances).toHaveLength(1)
    await expect(recognizeDataset(source({}), { layout: 'nemo' })).rejects.toThrow(
      "'set' is a folder, but the layout 'nemo' is a file; open a file in it."
    )
  })
})
