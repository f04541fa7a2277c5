import type { ablation as english } from '../en/ablation'
import { inspect } from './inspect'
import { numbers } from './numbers'

const units: Readonly<Record<string, string>> = inspect.units

export const ablation: typeof english = {
  kinds: { 'layer-by-layer': '1 層だけ圧縮', 'leave-one-out': '1 層だけ密のまま' },
  explanations: {
    'layer-by-layer': '各試行は 1 つの層だけを圧縮します。増えた誤りがその層の代償です。',
    'leave-one-out':
      '各試行は 1 つの層を密のまま残し、ほかをすべて圧縮します。増える誤りが少ないほど、その層は重要です。'
  },
  emptyTitle: '層ごとの試行がありません',
  emptyExplanation:
    'このスタディには、1 層だけを圧縮した試行も、1 層だけを残した試行もありません。「スタディ」の雛形「1 層ずつ」または「1 層だけ残す」で始めると、層ごとに試行が作られます。',
  toEditor: '「スタディ」を開く',
  heat: {
    title: 'ベースラインに対する誤りの変化',
    axis: '横軸',
    rank: 'ランク',
    role: '役割',
    series: '試行群',
    atRank: 'ランク',
    worst: '各層の最悪値',
    dense: '密のまま',
    outside: 'ブロック外',
    block: (index) => `ブロック ${index}`,
    points: 'パーセントポイント',
    better: '誤り減',
    worse: '誤り増',
    significant: '● 対応のある差の 95 % 信頼区間がゼロを含まない',
    description: '層ごとの誤りの変化のヒートマップ。同じ数値が表にあります。',
    layer: '層',
    change: '変化 (95 % 区間)',
    range: numbers.range,
    ofRank: (rank) => `ランク ${rank}`,
    trial: '試行',
    isSignificant: '有意'
  },
  ranking: {
    title: '感度の順位',
    explanation: '増やす誤りの順に並べた層。最も敏感な層が先頭です。',
    place: '順位',
    shape: '形状'
  },
  allocators: {
    title: '同じ予算でのランクの配分',
    explanation:
      '同じ量を使えるとき、どの層にどのランクを与えるか。すべての配分が超えるべき一様は文字の色で描きます。',
    none: '異なる配分で同じ予算を使った試行がありません。「スタディ」の 1 つのグリッドに複数の配分を入れてください。',
    kept: '残存',
    keptAxis: '残存 (%)',
    description: '残した割合に対する誤り率を配分ごとに示します。同じ数値が表にあります。',
    ofModel: 'モデル全体',
    share: (unit) => `${units[unit] ?? unit}の割合`
  },
  ranks: {
    title: 'ランクマップ',
    explanation: '2 つの試行の各層のランク。満ちた棒は密のままの層です。',
    first: '試行',
    second: '比較',
    layer: '層',
    difference: '差',
    dense: '密のまま',
    notCompressed: '計画外',
    none: 'ランクをもつ試行が 2 つ測定されると比較できます。',
    pinned: (name) => `★ ${name}`
  }
}
