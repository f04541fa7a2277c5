import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { DatasetFacts } from '@contract/library'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { openDatabase } from './database'
import { createLibraryRecords, type LibraryRecord, type LibraryRecords } from './library-records'
import { migrate } from './schema'

const folder = useTemporaryFolder()
let library: LibraryRecords

beforeEach(() => {
  const database = openDatabase(join(folder(), 'lathe.sqlite'))
  migrate(database)
  library = createLibraryRecords(database)
  return () => {
    database.close()
  }
})

const facts: DatasetFacts = {
  kind: 'dataset',
  layout: 'nemo',
  utterances: 8,
  speakers: 3,
  classes: null,
  languages: [],
  incomplete: null,
  audioSeconds: 9.5,
  isAudioEstimated: false,
  sampleRatesHz: [16000],
  audioProblem: null
}
const entry = (entryId: string, change: Partial<LibraryRecord> = {}): LibraryRecord => ({
  entryId,
  path: `/data/${entryId}`,
  name: entryId,
  facts,
  addedAt: '2026-01-01T00:00:00Z',
  usedAt: null,
  ...change
})
const ids = () => library.list().map(({ entryId }) => entryId)

describe('library entries', () => {
  it('come back as they were added', () => {
    expect(library.add(entry('a'))).toEqual(entry('a'))
    expect(library.list()).toEqual([entry('a')])
    expect(library.find('/data/a')).toEqual(entry('a'))
    expect(library.find('/data/b')).toBeUndefined()
  })

  it('are listed by when they were used or, before that, added: the latest first', () => {
    library.add(entry('old', { usedAt: '2026-01-04T00:00:00Z' }))
    library.add(entry('new', { addedAt: '2026-01-03T00:00:00Z' }))
    library.add(entry('middle', { addedAt: '2026-01-02T00:00:00Z' }))
    expect(ids()).toEqual(['old', 'new', 'middle'])
    library.change('middle', { usedAt: '2026-01-05T00:00:00Z' })
    expect(ids()).toEqual(['middle', 'old', 'new'])
  })

  it('keep their id and the moment they were added when their path is added again', () => {
    library.add(entry('a'))
    const again = library.add(
      entry('other', { path: '/data/a', facts: { ...facts, utterances: 9 }, addedAt: '2026-02-01T00:00:00Z' })
    )
    expect(again).toEqual(entry('a', { name: 'other', facts: { ...facts, utterances: 9 } }))
    expect(ids()).toEqual(['a'])
  })

  it('come back from being removed with everything they had', () => {
    library.add(entry('a', { usedAt: '2026-01-04T00:00:00Z' }))
    library.remove('a', '2026-01-05T00:00:00Z')
    expect(library.list()).toEqual([])
    expect(library.find('/data/a')).toBeUndefined()
    expect(library.restore('a')).toEqual(entry('a', { usedAt: '2026-01-04T00:00:00Z' }))
    // A page may have lost the answer and ask again.
    expect(library.restore('a').entryId).toBe('a')
    expect(ids()).toEqual(['a'])
  })

  it('come back from being removed when their path is added again', () => {
    library.add(entry('a'))
    library.remove('a', '2026-01-05T00:00:00Z')
    expect(library.add(entry('other', { path: '/data/a' })).entryId).toBe('a')
  })

  it('do not move to the path of another one, unless that one was removed', () => {
    library.add(entry('a'))
    library.add(entry('b'))
    expect(() => library.change('a', { path: '/data/b' })).toThrow(/has '\/data\/b' already/)
    library.remove('b', '2026-01-05T00:00:00Z')
    expect(library.change('a', { path: '/data/b' }).path).toBe('/data/b')
    expect(() => library.restore('b')).toThrow(/no entry 'b'/)
  })

  it('that are not there cannot be read, changed, removed or restored', () => {
    library.add(entry('gone'))
    library.remove('gone', '2026-01-05T00:00:00Z')
    for (const attempt of [
      () => library.read('gone'),
      () => library.change('gone', {}),
      () => {
        library.remove('gone', '2026-01-06T00:00:00Z')
      },
      () => library.restore('never')
    ]) {
      expect(attempt).toThrow(expect.objectContaining({ code: 'not-found' }))
    }
  })
})
