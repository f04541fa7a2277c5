import type { shell as english } from '../en/shell'

export const shell: typeof english = {
  views: {
    library: 'ライブラリ',
    inspect: '調べる',
    study: 'スタディ',
    training: '学習',
    'trade-off': 'トレードオフ',
    ablation: 'アブレーション',
    compare: '聴き比べ',
    jobs: 'ジョブ',
    export: '書き出し'
  },
  navigation: '画面',
  skipToContent: '本文へ移動',
  language: '言語',
  connecting: '接続しています…',
  reconnecting: 'ホストが応答しません。再接続しています…',
  refused: 'ホストがこのページを拒否しました。',
  drop: {
    file: (name) =>
      `ブラウザーは「${name}」の場所を知らせないため、ここからは開けません。代わりにファイルの一覧から選んでください。`,
    folder: (name) =>
      `ブラウザーはフォルダー「${name}」の場所を知らせないため、ここからは開けません。代わりにファイルの一覧から選んでください。`,
    recording: (name) =>
      `「${name}」は録音です。「聴き比べ」でスタディを開いてそこへドロップすると、各モデルが聴き取ります。`,
    toChooser: '一覧から選ぶ…',
    toCompare: '「聴き比べ」を開く'
  },
  running: (jobs) => `${jobs} 件のジョブを実行中`,
  workspace: (folder) => `ワークスペース ${folder}`
}
