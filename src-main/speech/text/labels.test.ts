import { describe, expect, it } from 'vitest'
import { JsonFields } from '../json-fields'
import { parseLabels, readIdToLabel } from './labels'

const config = (fields: unknown) =>
  JsonFields.parse(JSON.stringify(fields), 'config.json of m', 'unsupported-model')

describe('parseLabels', () => {
  it('reads one label per line, with or without a last line break', () => {
    expect(parseLabels('_silence_\nyes \r\nno\n\n', 'labels.txt')).toEqual(['_silence_', 'yes', 'no'])
    expect(parseLabels('yes', 'labels.txt')).toEqual(['yes'])
  })

  it.each([
    ['an empty file', ' \n', 'L has nothing in line 1, expected one label per line.'],
    ['an empty line', 'a\n\nb', 'L has nothing in line 2, expected one label per line.'],
    ['a label twice', 'a\nb\na', "L names 'a' in lines 1 and 3, expected each label once."]
  ])('refuses %s', (_, text, message) => {
    expect(() => parseLabels(text, 'L')).toThrow(message)
  })
})

describe('readIdToLabel', () => {
  it('orders labels by id, whatever the order in the file', () => {
    const labels = Object.fromEntries(Array.from({ length: 12 }, (_, id) => [String(11 - id), `l${11 - id}`]))
    expect(readIdToLabel(config({ id2label: labels }))?.slice(9)).toEqual(['l9', 'l10', 'l11'])
  })

  it('gives nothing for a configuration without labels', () => {
    expect(readIdToLabel(config({}))).toBeUndefined()
  })

  it.each([
    [{ 0: 'a', 2: 'b' }, "'id2label' in config.json of m has no '1', expected a string."],
    [{ 0: 1 }, "'id2label' in config.json of m has '0' = 1, expected a string."],
    [['a'], 'config.json of m has \'id2label\' = ["a"], expected an object.']
  ])('refuses %j', (id2label, message) => {
    expect(() => readIdToLabel(config({ id2label }))).toThrow(message)
  })
})
