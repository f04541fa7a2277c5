import type { exporting as english } from '../en/export'

export const exporting: typeof english = {
  title: '書き出し',
  tiers: 'ティア',
  tiersHint: '最初は、サイズと誤りの両方で他に負けないティアが選ばれています。',
  pick: (name) => `${name} を書き出す`,
  all: 'すべて',
  best: '最良',
  none: 'なし',
  tier: 'ティア',
  size: 'サイズ',
  parameters: 'パラメーター数',
  errors: '誤り',
  against: '元のモデルとの差',
  isBest: '最良',
  isOriginal: '元のモデル',
  points: (difference) => `${difference} ポイント`,
  beatenByInt8: '単純な int8 の方が良い',
  unfinished: (count) => `完了していない試行が ${count} 件あり、書き出せません。`,
  noneCompleted: 'このスタディには完了した試行がまだありません。実行するか、「ジョブ」で再開してください。',
  toJobs: '「ジョブ」へ',

  folder: 'フォルダー',
  chooseFolder: 'フォルダーを選択…',
  chooseFolderTitle: '書き出し先のフォルダーを選択',
  noFolder: '未選択',
  folderHint: 'ティアごとに新しいフォルダーを作ります。上書きはしません。',
  folderFirst: '先にフォルダーを選んでください。',
  layout: '形式',
  plainLayout: 'ONNX モデルと必要なファイル一式、モデルカード、ランクの計画',
  run: (count) => `${count} 個のティアを書き出す`,
  stop: '中止',
  progress: (ended, total) => `${total} 個中 ${ended} 個が終わりました`,

  results: '書き出し結果',
  states: {
    waiting: '待機中',
    running: '書き込みと検証中…',
    done: '検証済み',
    failed: '失敗',
    cancelled: 'キャンセル済み'
  },
  identical: 'フォルダーを開き直した出力は、測定した出力と完全に一致しました（最大差 0）。',
  copied:
    'フォルダー内のファイルは、測定したものと1バイトも違いません（大きなモデルは確認のための実行をしません）。',
  different: (difference) => `測定した出力との最大差は ${difference} です。`,
  files: (count, size) => `${count} 個のファイル、${size}`,
  card: 'モデルカード'
}
