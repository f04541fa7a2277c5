import type { shell as english } from '../en/shell'

export const shell: typeof english = {
  views: {
    library: 'ライブラリ',
    inspect: '調べる',
    study: 'スタディ',
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
  running: (jobs) => `${jobs} 件のジョブを実行中`,
  workspace: (folder) => `ワークスペース ${folder}`
}
