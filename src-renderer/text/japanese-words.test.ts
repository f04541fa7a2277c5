import { describe, expect, it } from 'vitest'

const sources = import.meta.glob<string>('./ja/*.ts', { query: '?raw', import: 'default', eager: true })

/** One word for each notion, with those that stood for it too and must not come back. */
const words: readonly (readonly [notion: string, kept: string, others: RegExp])[] = [
  ['calibration set', '較正セット', /校正|較正用/u],
  ['tier', 'ティア', /段階/u],
  ['latency', 'レイテンシー', /遅延/u],
  ['method', '手法', /method: '方法|重みの SVD|出力の PCA/u],
  ['uniform ranks', '一様', /均等/u],
  ['effective rank', '有効ランク', /実効ランク/u],
  ['rank policy', '配分', /割り当て/u],
  ['grid', 'グリッド', /格子/u],
  ['plan', '計画', /プラン/u],
  ['preset', '雛形', /プリセット/u],
  ['gate', '合格基準', /ゲート/u],
  ['dense', '密のまま', /元のまま/u],
  ['int8 alone', '単純な int8', /int8 (?:だけ|単独)/u],
  ['cancelled', 'キャンセル済み', /cancelled: '(?!キャンセル済み)/u],
  ['text normalizer', 'テキスト正規化', /テキストの正規化/u],
  ['computer', 'コンピューター', /コンピュータ(?!ー)|マシン/u],
  ['browser', 'ブラウザー', /ブラウザ(?!ー)/u],
  ['memory', 'メモリー', /メモリ(?!ー)/u],
  ['parameter', 'パラメーター', /パラメータ(?!ー)/u],
  ['folder', 'フォルダー', /フォルダ(?!ー)/u],
  ['processor', 'プロセッサー', /プロセッサ(?!ー)/u],
  ['to hear', '聴', /聞(?!き取)/u]
]

describe('the Japanese text', () => {
  const all = Object.entries(sources)

  it('is read', () => {
    expect(all.length).toBeGreaterThan(10)
  })

  it.each(words)('has one word for %s: %s', (_, kept, others) => {
    expect(all.some(([, source]) => source.includes(kept))).toBe(true)
    const found = all.flatMap(([file, source]) =>
      source.split('\n').flatMap((line, index) => (others.test(line) ? [`${file}:${index + 1} ${line}`] : []))
    )
    expect(found).toEqual([])
  })
})
