import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import { readModelCard } from './read-model-card'

const folder = (files: Readonly<Record<string, string>>) => ({
  has: (name: string) => name in files,
  readText: async (name: string) => files[name] ?? ''
})
const card = (files: Readonly<Record<string, string>>) => readModelCard(folder(files))

describe('a model’s licence and languages', () => {
  it('are not made up where no file says them', async () => {
    expect(await card({ 'config.json': '{"architectures": ["A"]}' })).toEqual({
      license: null,
      languages: []
    })
    expect(await card({ 'README.md': '# A model\n\nlicense: mit\n' })).toEqual({
      license: null,
      languages: []
    })
  })

  it.each([
    ['---\nlanguage: en\nlicense: mit\n---\n# Model'],
    ['---\r\nlanguage:\r\n- en\r\nlicense: "mit"\r\ntags:\r\n- speech\r\n---\r\n'],
    ["\uFEFF---\nlicense: 'mit'\nlanguage: [en]\nwidget:\n  - src: a.flac\n---\n"]
  ])('come from the front matter of the card: %j', async (text) => {
    expect(await card({ 'README.md': text })).toEqual({ license: 'mit', languages: ['en'] })
  })

  it('come from config.json where the card is silent', async () => {
    expect(
      await card({ 'README.md': '# M', 'config.json': '{"license": "cc0", "language": ["en", "ja"]}' })
    ).toEqual({
      license: 'cc0',
      languages: ['en', 'ja']
    })
  })

  it('takes the name of a licence that has one of its own', async () => {
    const text = '---\nlicense: other\nlicense_name: voice-1.0\n---\n'
    expect((await card({ 'README.md': text })).license).toBe('voice-1.0')
  })

  it.each([
    [
      'LICENSE',
      '                                 Apache License\n                           Version 2.0, January 2004\n',
      'apache-2.0'
    ],
    ['LICENSE.txt', 'MIT License\n\nCopyright', 'mit'],
    ['LICENSE.md', '# The Unlicense\n\nThis is free.', 'The Unlicense'],
    ['COPYING', `${'Anybody may do with this whatever they want to do, '.repeat(3)}\n`, null]
  ])('is told by the title of %s', async (name, text, license) => {
    expect((await card({ [name]: text })).license).toBe(license)
  })

  it('stay unsaid when the files cannot be read', async () => {
    const broken = {
      has: () => true,
      readText: () => Promise.reject(new WorkbenchError('invalid-input', 'It is no text.'))
    }
    expect(await readModelCard(broken)).toEqual({ license: null, languages: [] })
    expect(await card({ 'config.json': '{' })).toEqual({ license: null, languages: [] })
  })
})
