import { describe, expect, it } from 'vitest'
import { progress as english } from '../text/en/progress'
import { progress as japanese } from '../text/ja/progress'
import { stageText, unitText, type ProgressWords } from './stage-text'

const sources = import.meta.glob<string>(['../../src-main/**/*.ts', '!**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true
})
const reporters = Object.entries(sources).filter(([, source]) =>
  /\b(?:progress|onProgress\?\.)\(\{/.test(source)
)

/** Every text between quotes or backticks that a source gives to `stage`; what is computed in it becomes `name`. */
function stagesOf(source: string): string[] {
  return [...source.matchAll(/\bstage(?::| =)(.*?)(?:, completed|$)/gm)].flatMap(([, value = '']) =>
    [...value.matchAll(/'([^']*)'|`([^`]*)`/g)].map(
      ([, plain, template = '']) => plain ?? template.replaceAll(/\$\{[^}]*\}/g, 'name')
    )
  )
}

function marked(table: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([sent, text]) => [sent, `<${text}>`]))
}
const words: ProgressWords = {
  stages: marked(english.stages),
  units: marked(english.units),
  tries: marked(english.tries)
}

describe('what engines and services report', () => {
  const stages = reporters.flatMap(([, source]) => stagesOf(source))

  it('is found: every file that reports names its stage in a line', () => {
    expect(reporters.length).toBeGreaterThan(15)
    expect(reporters.filter(([, source]) => stagesOf(source).length === 0).map(([file]) => file)).toEqual([])
  })

  // A title in front of what another file reports.
  it.each(stages.filter((stage) => stage !== 'name: name'))('has words for the stage %s', (stage) => {
    expect(stageText(stage, words)).toContain('<')
  })

  it('has words for every unit', () => {
    const units = reporters.flatMap(([, source]) => [...source.matchAll(/\bunit: '([^']+)'/g)])
    expect(units.length).toBeGreaterThan(15)
    expect(units.filter(([, unit = '']) => unitText(unit, words) === unit)).toEqual([])
  })

  it('has words for every addition to the name of a trial', () => {
    const added = Object.values(sources).flatMap((source) => [...source.matchAll(/\$\{title\}, ([^`]+)`/g)])
    expect(added.map(([, text]) => text).toSorted()).toEqual(Object.keys(english.tries).toSorted())
  })

  it('is shown in English as it came', () => {
    for (const stage of stages) expect(stageText(stage, english)).toBe(stage)
  })
})

describe('a stage in Japanese', () => {
  it.each([
    ['train', '学習'],
    ['evaluate on night.jsonl', 'night.jsonl で評価'],
    ['calibrate stage 2 of 9 on set on disk', 'set on disk で較正（ステージ 2 / 9）'],
    ['[2/9] weight-svd 50%: cut and refit', '[2/9] weight-svd 50%: ランクを切り詰めて再適合'],
    ['[2/9] a: b, second try: evaluate on c: d', '[2/9] a: b, 2 回目: c: d で評価'],
    ['[2/9] $& a, its model again: cut', '[2/9] $& a, モデルの作り直し: ランクを切り詰め'],
    ['[1/2] int8: evaluate on $1 {0}', '[1/2] int8: $1 {0} で評価']
  ])('%s reads %s', (stage, text) => {
    expect(stageText(stage, japanese)).toBe(text)
  })

  it('that the table does not know, and its unit, are shown as they came', () => {
    expect(stageText('[1/2] a, second try: polish the model', japanese)).toBe(
      '[1/2] a, second try: polish the model'
    )
    expect([unitText('pebbles', japanese), unitText('utterances', japanese)]).toEqual(['pebbles', '発話'])
  })
})
