import { describe, expect, it } from 'vitest'
import { memoryDataFolder } from '../../../tests/helpers/memory-data-folder'
import { parseLibrispeech } from './librispeech'

const chapter = {
  '61/70968/61-70968.trans.txt': '61-70968-0000 HE BEGAN\r\n61-70968-0001   GIVE NOT  SO\n\n',
  '61/70968/61-70968-0000.flac': '',
  '61/70968/61-70968-0001.flac': ''
}

describe('parseLibrispeech', () => {
  it('lists the utterances of a split by path, with their speakers', async () => {
    const folder = memoryDataFolder({
      '908/157963/908-157963.trans.txt': '908-157963-0000 TO FADE',
      '908/157963/908-157963-0000.wav': '',
      ...chapter
    })
    expect(await parseLibrispeech(folder)).toEqual({
      utterances: [
        { id: '61-70968-0000', audioPath: '61/70968/61-70968-0000.flac', text: 'HE BEGAN', speaker: '61' },
        {
          id: '61-70968-0001',
          audioPath: '61/70968/61-70968-0001.flac',
          text: 'GIVE NOT  SO',
          speaker: '61'
        },
        {
          id: '908-157963-0000',
          audioPath: '908/157963/908-157963-0000.wav',
          text: 'TO FADE',
          speaker: '908'
        }
      ],
      excluded: []
    })
  })

  it('opens a single chapter, and a folder above a single split', async () => {
    const chapterOnly = Object.entries(chapter).map(([path, text]) => [path.split('/').at(-1)!, text])
    const ofChapter = await parseLibrispeech(
      memoryDataFolder(Object.fromEntries(chapterOnly) as typeof chapter)
    )
    expect(ofChapter.utterances[0]).toMatchObject({ audioPath: '61-70968-0000.flac', speaker: '61' })
    const ofRoot = await parseLibrispeech(memoryDataFolder(within('test-other', chapter)))
    expect(ofRoot.utterances[0]?.audioPath).toBe('test-other/61/70968/61-70968-0000.flac')
  })

  it('chooses none of several splits', async () => {
    const folder = memoryDataFolder({ ...within('train', chapter), ...within('dev', chapter) })
    await expect(parseLibrispeech(folder)).rejects.toThrow(
      "'set' holds the splits dev, train; open one of them."
    )
  })

  it('leaves out and lists what lacks its other half', async () => {
    const folder = memoryDataFolder({
      ...chapter,
      '61/70968/61-70968.trans.txt': '61-70968-0000 HE BEGAN\n61-70968-0002 LOST\n61-70968-0003\n',
      '61/70968/61-70968-0003.flac': ''
    })
    const { utterances, excluded } = await parseLibrispeech(folder)
    expect(utterances.map(({ id }) => id)).toEqual(['61-70968-0000'])
    expect(excluded).toEqual([
      { id: '61-70968-0002', reason: 'its audio file is not beside 61/70968/61-70968.trans.txt' },
      { id: '61-70968-0003', reason: 'its transcript is empty' },
      { id: '61-70968-0001', reason: 'it has no line in 61/70968/61-70968.trans.txt' }
    ])
  })

  it('refuses an id that occurs twice, in one file or in two', async () => {
    const path = '61/70968/61-70968.trans.txt'
    await expect(parseLibrispeech(memoryDataFolder({ ...chapter, [path]: 'a X\nb Y\na Z' }))).rejects.toThrow(
      `Line 3 of ${path} repeats 'a' (first: Line 1 of ${path}); remove one of them.`
    )
    const twice = memoryDataFolder({ ...chapter, ...within('62', within('1', chapterFiles())) })
    await expect(parseLibrispeech(twice)).rejects.toThrow(
      /^Line 1 of 62\/1\/.* repeats the utterance '61-70968-0000'/
    )
  })

  it('refuses a split of which nothing can be used', async () => {
    const folder = memoryDataFolder({ 'a/b/a-b.trans.txt': 'a-b-0 X' })
    await expect(parseLibrispeech(folder)).rejects.toThrow(
      "'set' holds no utterances, expected at least one: 1 left out, the first one 'a-b-0' because its audio file is not beside a/b/a-b.trans.txt."
    )
  })
})

function within(folder: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]))
}

function chapterFiles(): Record<string, string> {
  return Object.fromEntries(Object.entries(chapter).map(([path, text]) => [path.split('/').at(-1)!, text]))
}
