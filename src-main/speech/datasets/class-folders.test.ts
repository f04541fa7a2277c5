import { describe, expect, it } from 'vitest'
import { memoryDataFolder } from '../../../tests/helpers/memory-data-folder'
import { parseClassFolders } from './class-folders'

describe('parseClassFolders', () => {
  it('labels recordings by their folder, tells speakers by their names, and leaves noise and notes alone', async () => {
    const folder = memoryDataFolder({
      'yes/0a2b400e_nohash_1.wav': '',
      'yes/notes.txt': '',
      '_unknown_/bird_1.flac': '',
      '_background_noise_/rain.wav': '',
      '.git/hooks.wav': '',
      'docs/readme.txt': ''
    })
    expect(await parseClassFolders(folder)).toEqual({
      utterances: [
        {
          id: '_unknown_/bird_1.flac',
          audioPath: '_unknown_/bird_1.flac',
          text: '_unknown_',
          label: '_unknown_'
        },
        {
          id: 'yes/0a2b400e_nohash_1.wav',
          audioPath: 'yes/0a2b400e_nohash_1.wav',
          text: 'yes',
          label: 'yes',
          speaker: '0a2b400e'
        }
      ],
      excluded: []
    })
  })

  it('leaves out and lists sound outside the classes', async () => {
    const { excluded } = await parseClassFolders(memoryDataFolder({ 'yes/1.wav': '', 'stray.wav': '' }))
    expect(excluded).toEqual([{ id: 'stray.wav', reason: 'it lies in no class folder' }])
  })

  it('refuses a folder without recordings', async () => {
    await expect(parseClassFolders(memoryDataFolder({ 'yes/a.txt': '' }))).rejects.toThrow(
      /'set' holds no utterances/
    )
  })
})
